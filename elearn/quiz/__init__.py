"""The quiz core: kinds, responses, grading, behaviour, drawing, attempts. No web, no database."""
