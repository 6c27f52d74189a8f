# The heads' formulas, measured and broken. HEADS="weibull gamma" names some; default: all.
.PHONY: errors mutate stubs

errors: $(READY) ## Print each head's largest relative error against scipy
	@$(BIN)/python tools/heads/errors.py $(if $(SAMPLES),--samples $(SAMPLES))

mutate: $(READY) ## Break each head (HEADS="weibull …": those) in small ways; list what no test notices
	@$(BIN)/python tools/heads/mutate.py $(HEADS) $(MUTATE)

stubs: $(READY) ## Write heads/__init__.pyi anew, after a head was added or renamed
	@$(BIN)/python tools/heads/stub.py
