"""The pages of docs, in a clone and in an installed package."""
