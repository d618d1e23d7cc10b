//go:build !linux

package main

// measuring is nothing where a process does not tell what it took.
func measuring() map[string]func() { return map[string]func(){} }
