"""The course format: reading, writing, checking, comparing and translating courses. No web, no database."""
