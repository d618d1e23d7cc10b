package users

// A Problem is a fault that a rule found in a value. It is data. The text that a
// person reads is made from Code and Args when it is shown, in that person's language.
type Problem struct {
	// Code is "space.fact" in lower case: "email.form". Codes are stable.
	Code string
	// Warning says that the value can be used. A Problem without it is an error.
	Warning bool
	// Args are the values that a message needs. The rule that reports the code
	// documents them. Numbers are decimal, characters are written as "U+00A0".
	Args map[string]string
	// Fix is a value that the rule accepts, if it is evident which one was meant, and
	// else empty. It is never applied without
	// confirmation by a person.
	Fix string
}
