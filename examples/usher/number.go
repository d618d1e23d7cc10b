package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/extensions/e164"
	"github.com/usher-go/usher/formats"
)

func numberCommand() command {
	return command{
		name:  "number",
		about: "Check the telephone numbers on standard input, one per line.",
		more: "Prints every number in E.164, with the extension after \";ext=\". With --json an input line is\n" +
			"{\"raw\":\"…\",\"region\":\"FR\"} and an output line is {\"e164\":\"…\",\"ext\":\"…\",\"findings\":[…]}. The number\n" +
			"is empty if it is not valid.",
		example: "echo 01 23 45 67 89 | usher number --region FR",
		flags: func(f *flag.FlagSet, c *console) action {
			c.jsonFlag(f)
			c.langFlag(f)
			region := f.String("region", "", "read national numbers as numbers of `REGION` (two letters, such as FR)")

			return func(ctx context.Context, c *console, args []string) error {
				switch {
				case len(args) > 0:
					return usagef("number: takes no arguments; the numbers come from standard input")
				case *region != "" && e164.Region(*region) == "":
					return usagef("number: the region \"%s\" does not exist; give two letters, such as FR", formats.Show(*region))
				}
				numbers := e164.New(nil)
				return c.eachLine(ctx, func(line string, n int) (bool, error) {
					return c.number(numbers, line, *region, n)
				})
			}
		},
	}
}

// A jsonNumber is a line of "number --json".
type jsonNumber struct {
	extensions.Number
	Findings []formats.Finding `json:"findings"`
}

// number checks one line and reports whether the line is a valid number.
func (c *console) number(numbers extensions.Normalizer, line, region string, n int) (ok bool, err error) {
	raw := line
	if c.json {
		var in struct {
			Raw    *string `json:"raw"`
			Region *string `json:"region"`
		}
		if err := json.Unmarshal([]byte(line), &in); err != nil || in.Raw == nil {
			return false, inputf("number.line", n, "line %d is not {\"raw\":\"…\",\"region\":\"…\"}", n)
		}
		raw = *in.Raw
		if in.Region != nil {
			region = *in.Region
		}
	}

	number, problems := numbers.Normalize(raw, region)
	findings := findingsOf("number", raw, problems)
	if c.json {
		return number.E164 != "", c.object(jsonNumber{number, some(findings)})
	}

	switch {
	case number.Ext != "":
		fmt.Fprintf(c.out, "%s;ext=%s\n", number.E164, number.Ext)
	case number.E164 != "":
		fmt.Fprintln(c.out, number.E164)
	}

	for _, f := range findings {
		fmt.Fprintf(c.err, "%d: %s: %s\n", n, formats.Show(raw), c.what(f))
	}

	return number.E164 != "", nil
}
