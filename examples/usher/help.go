package main

import (
	"flag"
	"fmt"
	"strings"

	"github.com/rivo/uniseg"
)

// help lists the commands, or explains the commands whose names begin with args.
// The language of the help may be among args.
func help(c *console, args []string) error {
	f := newFlagSet("help")
	c.langFlag(f)
	_, args, err := parse(f, args)
	if err != nil {
		return usagef("%s: %v; try \"usher help\"", "help", err)
	}

	if len(args) == 0 {
		fmt.Fprintf(c.out, "%s\n\n%s\n\n", c.say("usher imports files about people: check a file, correct the file, import the rows, undo an import."),
			c.say("Usage: usher COMMAND [FLAGS] [ARGUMENTS]"))
		var rows [][2]string
		for _, cmd := range commands() {
			rows = append(rows, [2]string{cmd.name, c.say(cmd.about)})
		}
		c.terms(rows)
		fmt.Fprintf(c.out, "\n%s\n\n%s\n", c.say("\"usher help COMMAND\" explains a command."),
			c.say("Exit status: 0 no errors, 1 errors found or rows not imported, 2 file refused, 64 wrong usage."))
		return nil
	}

	name, found := strings.Join(args, " "), false
	for _, cmd := range commands() {
		if cmd.name == name || strings.HasPrefix(cmd.name, name+" ") {
			if found {
				fmt.Fprintln(c.out)
			}
			describe(c, cmd)
			found = true
		}
	}

	if !found {
		_, _, err := find(args)
		return err
	}

	return nil
}

// describe explains one command.
func describe(c *console, cmd command) {
	fmt.Fprintf(c.out, "%s\n\n%s\n", strings.TrimSpace("usher "+cmd.name+" "+c.say("[FLAGS]")+" "+c.say(cmd.args)), c.say(cmd.about))
	if cmd.more != "" {
		fmt.Fprintf(c.out, "\n%s\n", c.say(cmd.more, cmd.moreArgs...))
	}
	fmt.Fprintf(c.out, "\n%s\n  %s\n\n%s\n", c.say("Example:"), cmd.example, c.say("Flags:"))

	f := newFlagSet(cmd.name)
	cmd.flags(f, &console{})
	var rows [][2]string
	f.VisitAll(func(x *flag.Flag) { rows = append(rows, c.flagHelp(x)) })
	c.terms(rows)
}

// flagHelp returns a flag with the name of its value, and its explanation with the
// allowed values and the default.
func (c *console) flagHelp(x *flag.Flag) [2]string {
	said := *x
	said.Usage = c.say(x.Usage)
	value, usage := flag.UnquoteUsage(&said)
	dashes := "--"
	if len(x.Name) == 1 {
		dashes = "-"
	}

	if few, ok := x.Value.(interface{ allowed() []string }); ok {
		usage += c.words().colon + strings.Join(few.allowed(), ", ")
	}
	if x.DefValue != "" && x.DefValue != "false" && x.DefValue != "0" {
		usage += " " + c.say("(default %s)", x.DefValue)
	}

	return [2]string{strings.TrimSpace(dashes + x.Name + " " + value), usage}
}

// maxTerm is the largest width of the first column of a help text. The
// explanation of a longer term is on a line of its own.
const maxTerm = 24

// terms prints terms and their explanations in two columns.
func (c *console) terms(rows [][2]string) {
	widest := 0
	for _, r := range rows {
		if w := uniseg.StringWidth(r[0]); w <= maxTerm {
			widest = max(widest, w)
		}
	}

	indent := strings.Repeat(" ", widest+4)
	for _, r := range rows {
		w := uniseg.StringWidth(r[0])
		fmt.Fprint(c.out, "  ", r[0])
		if w > widest {
			fmt.Fprint(c.out, "\n", indent)
		} else {
			fmt.Fprint(c.out, strings.Repeat(" ", widest-w+2))
		}
		fmt.Fprintln(c.out, strings.Join(wrap(r[1], c.width-len(indent)), "\n"+indent))
	}
}
