"""Executing the chapters in parallel, remembering what was executed, and building the site."""
