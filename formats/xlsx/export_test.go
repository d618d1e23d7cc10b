package xlsx

// Slow is Format without its shortcuts: the tokenizer reads everything.
func Slow() Format { return Format{slow: true} }
