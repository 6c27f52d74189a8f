# The site measured and looked at. Both need Chromium; Lighthouse needs Node 20 or newer.
LIGHTHOUSE := 13.5.0

.PHONY: lighthouse pdf

lighthouse: $(READY) ## Measure every page (ONLY="04_mean …": those) with Lighthouse; fails below the limits
	@$(BIN)/python tests/site/lighthouse.py $(LIGHTHOUSE) $(if $(ONLY),--only $(ONLY))

screenshots: $(READY) ## Picture every page, light and dark, phone and desktop
	@$(BIN)/python tests/site/screenshots.py

pdf: book ## Print the whole book and the cheat sheet to PDF, linked from the site (needs Chromium)
	@$(BIN)/python tests/site/printing.py
	@$(BIN)/lossbook-build book
