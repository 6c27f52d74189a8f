# How the chapters' sentences read. PAGES="05_median …" names some; PROSE="--show": the short ones printed.
.PHONY: prose

prose: $(READY) ## Print each chapter's percentage of short sentences and their median length
	@$(BIN)/python tools/prose.py $(PAGES) $(PROSE)
