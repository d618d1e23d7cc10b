package csv_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/formats/csv"
)

func TestDelimiters(t *testing.T) {
	for _, tt := range []struct {
		name, reason, file, in string
		headings               []string
		want                   string
		first                  []string
	}{
		{name: "comma", in: "a,b\n1,2\n", want: ",", first: []string{"a", "b"}},
		{name: "semicolon", in: "a;b\n1;2\n", want: ";", first: []string{"a", "b"}},
		{name: "TAB", in: "a\tb\n1\t2\n", want: "\t", first: []string{"a", "b"}},
		{name: "bar", in: "a|b\n1|2\n", want: "|", first: []string{"a", "b"}},
		{name: "one column", in: "a\nb\n", want: ",", first: []string{"a"}},
		{name: "one record", in: "a;b;c\n", want: ";", first: []string{"a", "b", "c"}},
		{name: "names full of commas", in: "Name;Role\nx, y, z;User\nx, y, z;User\n", want: ";", first: []string{"Name", "Role"}},
		{name: "decimal commas", in: "a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", want: ";", first: []string{"a", "b", "c"}},
		{name: "commas in quotes", in: "a;b\n\"1,2\";3\n\"4,5\";6\n", want: ";", first: []string{"a", "b"}},
		{name: "mails in one column", reason: "some lists in the cells do not make columns", in: "Email\na@x.com; b@x.com\nc@x.com\nd@x.com\n", want: ",", first: []string{"Email"}},
		{name: "a title with commas", in: "May, June, July\na;b;c\n1;2;3\n4;5;6\n", want: ";", first: []string{"May, June, July"}},
		{name: "as many commas", reason: "the heading has none", in: "Name;Role\nx, y;User\nx, y;User\nx, y\n", want: ";", first: []string{"Name", "Role"}},
		{name: "short rows", in: "a;b;c\n1\n2;3\n4\n", want: ";", first: []string{"a", "b", "c"}},
		{name: "quotes decide", reason: "with a comma, every quote would be out of place", in: "a,x;b,x\n1,2;\"3,4\"\n1,2;\"5,6\"\n", want: ";", first: []string{"a,x", "b,x"}},
		{name: "known headings", reason: "they weigh more than consistency",
			headings: []string{"First name", "Last name"},
			in:       "First Name|Last Name\na,b,c\nd,e,f\n", want: "|", first: []string{"First Name", "Last Name"}},
		{name: "named .tsv", reason: "where the text leaves it open", file: "people.TSV", in: "a\tb,c\n", want: "\t", first: []string{"a", "b,c"}},

		{name: "sep", reason: "the line is no record of the table", in: "sep=;\r\na;b,c\r\n", want: ";", first: []string{"a", "b,c"}},
		{name: "sep TAB", in: "SEP=\t\na\tb\n", want: "\t", first: []string{"a", "b"}},
		{name: "sep quoted", in: "\"sep=;\"\na;b\n", want: ";", first: []string{"a", "b"}},
		{name: "sep with a letter outside ASCII", in: "sep=§\na§b\n", want: "§", first: []string{"a", "b"}},
		{name: "sep that lies", reason: "Excel believes it too, and the heading that is not found says the rest", in: "sep=;\na,b\n1,2\n", want: ";", first: []string{"a,b"}},
		{name: "no sep", reason: "more stands there", in: "sep=;x,b\n1,2\n", want: ",", first: []string{"sep=;x", "b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := formats.Open(context.Background(), formats.Source{
				Name: tt.file, ReaderAt: strings.NewReader(tt.in), Size: int64(len(tt.in)),
			}, nil, csv.Format{Headings: tt.headings})
			require.NoError(t, err)
			require.Equal(t, tt.want, table.Source["delimiter"], tt.reason)
			require.Equal(t, tt.first, table.Row(0).Cells(), tt.reason)
		})
	}
}

func TestSepLineCounts(t *testing.T) {
	for _, o := range []*csv.Options{nil, {Format: csv.Format{Delimiter: ','}}} {
		table, err := open("sep=,\na,b\n\n1,2\n", o)
		require.NoError(t, err)
		require.Equal(t, []position{{2, 2}, {4, 4}}, positions(table))
	}
}

func TestSignsThatCannotBe(t *testing.T) {
	for _, d := range []rune{'"', '\n', '\r', -1, 0xfffd} {
		_, err := open("a,b\n", &csv.Options{Format: csv.Format{Delimiter: d}})
		require.ErrorContains(t, err, "cannot be a delimiter")
		_, err = open("a,b\n", &csv.Options{Format: csv.Format{Comment: d}})
		require.ErrorContains(t, err, "cannot begin a comment")
	}
}

// TestSurplusThroughout: if all rows are longer than the heading, each has a finding.
// A first record that is half as wide as the rows, or known, is the heading and not a
// title above it.
func TestSurplusThroughout(t *testing.T) {
	surplus := func(c, text string) []string {
		return []string{"error csv.field_count 2:" + c + " " + text, "error csv.field_count 3:" + c + " " + text}
	}
	table, err := open("name,email\nAnn,a,b,c\nBob,a,b,c\n", nil)
	require.NoError(t, err)
	require.Equal(t, surplus("3", "b"), findings(table))

	known := &csv.Options{Format: csv.Format{Headings: []string{"E-mail", "Name"}}}
	table, err = open("EMAIL\na@x.com, b\nc@x.com, b\n", known)
	require.NoError(t, err)
	require.Equal(t, surplus("2", " b"), findings(table))

	table, err = open("Name\nEMAIL,NAME\na@x.com,Ann\n", known)
	require.NoError(t, err)
	require.Empty(t, findings(table))

	table, err = open("New people\nwho,at\nAnn,a@x.com\n", nil)
	require.NoError(t, err)
	require.Empty(t, findings(table))
}

// TestWideHeading: a heading that is longer than the sample is still the heading.
func TestWideHeading(t *testing.T) {
	heading := strings.Repeat(strings.Repeat("h", 999)+";", 99) + "h"
	o := &csv.Options{Limits: formats.Limits{Columns: -1}}
	table, err := open(" \n"+heading+"\n1;2\n"+strings.Repeat("x;", 101)+"\n", o)
	require.NoError(t, err)
	require.Equal(t, ";", table.Source["delimiter"])
	require.Equal(t, []string{"error csv.field_count 4:101 x"}, findings(table))
}
