package main

import (
	"flag"
	"fmt"
	"strings"
)

// help lists the commands, or explains the commands whose names begin with args.
func help(c *console, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(c.out, "usher imports files about people: check a file, correct the file, import the rows, undo an import.\n\nUsage: usher COMMAND [FLAGS] [ARGUMENTS]\n\n")
		for _, cmd := range commands() {
			fmt.Fprintf(c.out, "  %-14s %s\n", cmd.name, cmd.about)
		}
		fmt.Fprint(c.out, "\n\"usher help COMMAND\" explains a command.\n\n"+
			"Exit status: 0 no errors, 1 errors found or rows not imported, 2 file refused, 64 wrong usage.\n")
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
	fmt.Fprintf(c.out, "%s\n\n%s\n", strings.TrimSpace("usher "+cmd.name+" [FLAGS] "+cmd.args), cmd.about)
	if cmd.more != "" {
		fmt.Fprintf(c.out, "\n%s\n", cmd.more)
	}
	fmt.Fprintf(c.out, "\nExample:\n  %s\n\nFlags:\n", cmd.example)
	f := newFlagSet(cmd.name)
	cmd.flags(f, c)
	f.VisitAll(func(x *flag.Flag) {
		value, usage := flag.UnquoteUsage(x)
		if x.DefValue != "" && x.DefValue != "false" && x.DefValue != "0" {
			usage += " (default " + x.DefValue + ")"
		}
		fmt.Fprintf(c.out, "  --%-20s %s\n", strings.TrimSpace(x.Name+" "+value), usage)
	})
}
