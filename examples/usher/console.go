package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/usher-go/usher/importer/messages"
)

// A console holds the input, the outputs and the output format of the program.
type console struct {
	in  io.Reader
	out *bufio.Writer
	err io.Writer

	inTTY, outTTY, errTTY bool

	// width is the width of the output in terminal cells, 0 for any width. colours
	// says whether the output shows colours. See https://no-color.org.
	width   int
	colours bool

	lang messages.Language
	json bool

	// The command line: the command, and its flags and arguments as typed.
	command string
	given   []given
	args    []string
}

func newConsole(in io.Reader, out, problems io.Writer) *console {
	c := &console{in: in, out: bufio.NewWriter(out), err: problems,
		inTTY: isTerminal(in), outTTY: isTerminal(out), errTTY: isTerminal(problems)}
	if c.outTTY {
		c.width = terminalWidth(out)
		c.colours = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return c
}

// terminalWidth returns the width of a terminal, or else the one of the
// environment, or else 80.
func terminalWidth(out io.Writer) int {
	if f, ok := out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	if w, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && w > 0 {
		return w
	}
	return 80
}

func isTerminal(x any) bool {
	f, ok := x.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// langFlag declares --lang.
func (c *console) langFlag(f *flag.FlagSet) {
	f.Func("lang", "`LANGUAGE` of the output: en or fr", func(s string) error {
		for _, l := range messages.Languages() {
			if s == l {
				c.lang = messages.For(s)
				return nil
			}
		}
		return usagef("use %s", anyOf(messages.Languages()))
	})
}

// jsonFlag declares --json.
func (c *console) jsonFlag(f *flag.FlagSet) {
	f.BoolVar(&c.json, "json", false, "print one JSON object per line")
}

// object prints one JSON object as one line.
func (c *console) object(v any) error {
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// refused prints the reason for a refusal: a line of text on standard error, or
// with --json an object on standard output.
func (c *console) refused(code, message string, row int) {
	if !c.json {
		fmt.Fprintf(c.err, "usher: %s: %s\n", code, message)
		return
	}
	type refusal struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Row     int    `json:"row"`
	}
	c.object(map[string]refusal{"error": {code, message, row}})
	c.out.Flush()
}

// note prints a remark: with --json to standard error, else to standard output.
func (c *console) note(text string) {
	if c.json {
		fmt.Fprintln(c.err, text)
		return
	}
	fmt.Fprintln(c.out, text)
}

// ask prints a question to standard error and reads one line as the answer.
func (c *console) ask(ctx context.Context, question string) (string, error) {
	if err := c.out.Flush(); err != nil {
		return "", err
	}

	fmt.Fprintf(c.err, "%s ", question)
	type answer struct {
		text string
		err  error
	}

	got := make(chan answer, 1)
	go func() { // reading a terminal cannot be cancelled; the goroutine ends with the process
		text, err := bufio.NewReader(c.in).ReadString('\n')
		got <- answer{text, err}
	}()

	select {
	case <-ctx.Done():
		fmt.Fprintln(c.err)
		return "", ctx.Err()
	case a := <-got:
		if a.err != nil && a.err != io.EOF {
			return "", a.err
		}
		return strings.TrimSpace(a.text), nil
	}
}
