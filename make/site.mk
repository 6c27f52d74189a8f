# The site measured and looked at. They need Chromium; Lighthouse needs Node 20 or newer.
LIGHTHOUSE := 13.5.0

.PHONY: lighthouse screenshots links pdf questions test-notebooks

lighthouse: $(READY) ## Measure every page (ONLY="04_mean …": those) with Lighthouse; fails below the limits
	@$(BIN)/python tools/site/lighthouse.py $(LIGHTHOUSE) $(if $(ONLY),--only $(ONLY))

screenshots: $(READY) ## Picture every page, light and dark, phone and desktop
	@$(BIN)/python tools/site/screenshots.py

links: $(READY) ## Ask every address on other sites that a page links to (needs the network)
	@$(BIN)/python tools/site/outside.py

pdf: book ## Print the whole book and the cheat sheet to PDF, linked from the site (needs Chromium)
	@$(BIN)/python tools/site/printing.py
	@$(BIN)/lossbook-build book

questions: book ## Put people's questions to the site's search, and print where the answers stand
	@PYTHONPATH=tools/site $(BIN)/python tools/site/questions.py

test-notebooks: book ## Run downloaded notebooks where the course is not installed (NOTEBOOKS=all: every one)
	@PYTHONPATH=tools/site $(BIN)/python tools/notebooks/elsewhere.py $(NOTEBOOKS)
