package xlsx

// Slow returns a Format without shortcuts: the tokenizer reads everything.
func Slow() Format { return Format{slow: true} }
