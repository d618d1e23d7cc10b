package messages

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/feature/plural"

	"github.com/usher-go/usher/formats"
)

// narrowing lists the arguments that select a text of a code: {"reason": "no_at"}
// selects "email.form.no_at".
var narrowing = []string{"reason", "part", "fact", "found"}

// code returns the text of a code. It tries the code narrowed by one of its
// arguments, the code, the last part of the code in the same two ways, and then last.
// arg returns an argument, or "" if the argument does not exist.
func (t *table) code(code, last string, arg func(string) string) string {
	var keys []string
	for _, n := range narrowing {
		if v := arg(n); v != "" {
			keys = append(keys, code+"."+v)
		}
	}

	keys = append(keys, code)
	if i := strings.LastIndexByte(code, '.'); i >= 0 {
		for _, n := range narrowing {
			if v := arg(n); v != "" {
				keys = append(keys, "*"+code[i:]+"."+v)
			}
		}
		keys = append(keys, "*"+code[i:])
	}

	for _, k := range append(keys, last) {
		for _, text := range t.codes[k] {
			if s, ok := t.fill(text, arg); ok {
				return s
			}
		}
	}

	return code
}

// word returns the text with this name. args are names and values in turn.
func (t *table) word(name string, args ...string) string {
	s, _ := t.fill(t.words[name], func(want string) string {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == want {
				return args[i+1]
			}
		}
		return ""
	})
	return s
}

// count returns the text with this name for the number n.
func (t *table) count(name string, n int) string {
	return t.word(name, "n", strconv.Itoa(n))
}

// fill puts the arguments into the slots of a text; see the package comment. ok
// is false if an argument does not exist.
func (t *table) fill(text string, arg func(string) string) (filled string, ok bool) {
	var b strings.Builder

	for {
		plain, rest, found := strings.Cut(text, "{")
		b.WriteString(plain)
		if !found {
			return b.String(), true
		}

		var slot string
		slot, text, _ = strings.Cut(rest, "}")
		name, how := slot, ""
		if i := strings.IndexAny(slot, ":?"); i >= 0 {
			name, how = slot[:i], slot[i:]
		}

		value := arg(name)
		if value == "" {
			return "", false
		}
		b.WriteString(t.slot(name, how, value))
	}
}

func (t *table) slot(name, how, value string) string {
	if how == "" {
		return shown(value)
	}

	switch how {
	case ":word":
		if w, ok := t.words[name+"."+value]; ok {
			return w
		}
		return shown(value)
	case ":char":
		return t.char(value)
	}

	n, err := strconv.Atoi(value)
	switch forms, choice := strings.CutPrefix(how, "?"); {
	case choice && err != nil:
		return forms[strings.LastIndexByte(forms, '|')+1:]
	case choice:
		return t.choose(strings.Split(forms, "|"), n)
	case err != nil:
		return shown(value)
	case how == ":bytes" && n >= 1<<20 && n%(1<<20) == 0:
		return t.count("unit.mib", n>>20)
	case how == ":bytes" && n >= 1<<10 && n%(1<<10) == 0:
		return t.count("unit.kib", n>>10)
	case how == ":bytes":
		return t.count("unit.bytes", n)
	}

	return t.numbers.Sprint(n)
}

// char returns the character named "U+00E9" with its name, or only the name if
// the character is invisible.
func (t *table) char(name string) string {
	n, err := strconv.ParseInt(strings.TrimPrefix(name, "U+"), 16, 32)
	if r := rune(n); err == nil && unicode.IsPrint(r) && !unicode.IsMark(r) && r != ' ' && r != unicode.ReplacementChar {
		return t.word("quoted", "text", string(r)) + " " + shown(name)
	}
	return shown(name)
}

// choose returns the plural form for n.
func (t *table) choose(forms []string, n int) string {
	want := plural.Cardinal.MatchPlural(t.tag, max(n, -n), 0, 0, 0, 0)
	for i, f := range t.forms[:min(len(t.forms), len(forms))] {
		if f == want {
			return forms[i]
		}
	}
	return forms[len(forms)-1]
}

// shown returns an argument that is safe to print. Arguments should already be
// escaped; shown is for a Template or a format that does not escape them.
func shown(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return formats.Show(s)
	}
	return s
}
