package users

// A Problem is what a rule found in a value. It is data: the text a person
// reads is made from Code and Args when it is shown, in that person's language.
type Problem struct {
	// Code is "space.fact" in lower case: "email.form". Codes are stable.
	Code string
	// Warning says that the value is usable all the same; a Problem without it
	// is an error.
	Warning bool
	// Args are what a message needs beside the value; the rule that reports the
	// code documents them. Numbers are decimal, characters written as "U+00A0".
	Args map[string]string
	// Fix is a value that the rule accepts, where it is evident which one was
	// meant, else "". It is for a person to confirm, never to be applied unasked.
	Fix string
}
