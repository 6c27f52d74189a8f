# The library as others install it.
.PHONY: test-wheel

test-wheel: $(READY) ## Build the library's wheel, install it alone, train a head with it
	@$(BIN)/python tools/wheel/check.py
