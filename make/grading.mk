# Graded exercises; docs/grading.md describes them.
DEMO := _build/grading-demo
GRADE := $(BIN)/lossbook-grade --course $(DEMO)/course

.PHONY: grade-demo bench-grading

grade-demo: $(READY) ## Release, grade, give feedback and report on the example submissions
	@rm -rf $(DEMO)
	@$(GRADE) release 02_likelihood --due 2026-01-10T00:00Z --late-days 1
	@$(BIN)/python tools/grading/examples.py $(DEMO)/submissions $(DEMO)/course/release/02_likelihood/02_likelihood.ipynb
	@$(GRADE) run 02_likelihood $(DEMO)/submissions --cell-seconds 2 --total-seconds 30 --memory 512
	@$(GRADE) feedback 02_likelihood
	@$(GRADE) report 02_likelihood
	@$(BIN)/python tools/grading/examples.py --compare $(DEMO)/course/report/02_likelihood/moodle.csv

bench-grading: $(READY) ## Measure grading against plain nbgrader (minutes)
	@$(BIN)/python tools/grading/bench.py
