package main

func frenchTexts() map[string]string { return nil }
