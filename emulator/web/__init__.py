"""HTTP as tables of calls: what each takes and gives, checked, described and served."""
