package csv

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/formats"
	"github.com/usher-go/usher/internal/corpus"
)

// A truth is one file of the corpus with its expected outcome.
type truth struct {
	File   string `json:"file"`
	Expect string `json:"expect"`
	Why    string `json:"why"`
	Code   string `json:"code"`
	Python *struct {
		OK        bool   `json:"ok"`
		Delimiter string `json:"delimiter"`
		Records   int    `json:"nonblank_records"`
		Digest    string `json:"nonblank_sha256"`
	} `json:"python_csv"`
}

// deviations are the files with another outcome than expected, with the reason.
var deviations = map[string]string{}

// twins are files that must give the same table as another file, although Python
// reads them differently.
var twins = map[string]string{
	"csv/made/enc-double-bom.csv":    "csv/made/eol-crlf.csv",
	"csv/made/enc-utf16be-nobom.csv": "csv/made/enc-utf16le-bom.csv",
	"csv/made/enc-utf16le-nobom.csv": "csv/made/enc-utf16le-bom.csv",
	"csv/made/eol-ctrl-z.csv":        "csv/made/eol-crlf.csv",
}

// isImporterCode reports whether the expected code is a finding of the importer. The
// reader cannot find it, because it does not know what a column means.
func isImporterCode(t truth) bool {
	space, _, _ := strings.Cut(t.Code, ".")
	return slices.Contains([]string{"header", "email", "cell"}, space) || strings.HasPrefix(t.Code, "text.") && !strings.Contains(t.Why, "NUL") ||
		strings.Contains(t.Expect, "header.") || t.Expect == "per row"
}

func TestCorpus(t *testing.T) {
	root := corpus.Dir(t)
	f, err := os.Open(filepath.Join(root, "csv", "truth.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	counts := map[string]int{}
	for lines.Scan() {
		var want truth
		require.NoError(t, json.Unmarshal(lines.Bytes(), &want))
		t.Run(want.File, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(root, want.File))
			require.NoError(t, err)
			if strings.Contains(want.Expect, "gunzip") {
				z, err := gzip.NewReader(bytes.NewReader(data))
				require.NoError(t, err)
				data, err = io.ReadAll(z)
				require.NoError(t, err)
			}
			table, err := formats.Open(context.Background(), formats.Source{
				Name: filepath.Base(want.File), ReaderAt: bytes.NewReader(data), Size: int64(len(data)),
			}, nil, Format{})
			outcome := checkOutcome(t, want, data, table, err)
			if twin := twins[want.File]; twin != "" && err == nil {
				data, err := os.ReadFile(filepath.Join(root, twin))
				require.NoError(t, err)
				other, err := Open(context.Background(), bytes.NewReader(data), int64(len(data)), nil)
				require.NoError(t, err)
				outcome = cmp.Diff(slices.Collect(cellsOf(other)), slices.Collect(cellsOf(table)))
			}
			reason, expected := deviations[want.File]
			counts["all"]++
			switch {
			case outcome != "" && !expected:
				t.Errorf("%s (wanted: %s; %s)", outcome, want.Expect, want.Why)
			case outcome == "" && expected:
				t.Errorf("agrees by now: no longer a deviation for %s", reason)
			case expected:
				counts["deviations"]++
			}
		})
	}
	require.NoError(t, lines.Err())
	t.Logf("%d files, %d deviations", counts["all"], counts["deviations"])
	require.LessOrEqual(t, counts["deviations"]*100, counts["all"])
}

// cellsOf yields the cells of every row.
func cellsOf(t *formats.Table) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for r := range t.Rows() {
			if !yield(r.Cells()) {
				return
			}
		}
	}
}

// checkOutcome returns the difference between the outcome and the truth, or "".
func checkOutcome(t *testing.T, want truth, data []byte, table *formats.Table, err error) string {
	var refused *formats.Refusal
	if err != nil {
		require.True(t, errors.As(err, &refused), "%v", err)
	}
	may := func(word string) bool { return strings.Contains(want.Expect, word) }
	switch {
	case may("companion"), may("no panic"):
		return ""
	case isImporterCode(want) && err == nil:
		return ""
	case err != nil && may("csv.quote") && refused.Code == "csv.quote":
		return ""
	case err != nil && refused.Code == "file.empty" && want.Python != nil && want.Python.Records == 0:
		return ""
	case err != nil && !may("reject"):
		return "refused: " + err.Error()
	case err != nil:
		if space, _, _ := strings.Cut(refused.Code, "."); want.Code != "" && !strings.HasPrefix(want.Code, space+".") {
			return "refused with another code: " + err.Error()
		}
		return ""
	case may("reject") && !may("or"):
		return "not refused"
	case may("error") && !may("csv.quote"), may("warn"):
		_, row, _ := strings.Cut(want.Expect, "row=")
		row, _, _ = strings.Cut(row, " ")
		n, _ := strconv.Atoi(row)
		for _, f := range table.Findings() {
			if n == 0 || f.Row == n {
				return ""
			}
		}
		return "no finding there"
	case may("csv.quote") && slices.ContainsFunc(table.Findings(), func(f formats.Finding) bool { return f.Code == "csv.quote" }):
		return ""
	}
	if want.Python != nil && want.Python.OK && digest(t, data, table) != want.Python.Digest {
		return "other rows, delimiter " + strconv.Quote(table.Source["delimiter"]) + " instead of " + strconv.Quote(want.Python.Delimiter)
	}
	return ""
}

// digest returns the hash of the records of data as the corpus computes it, with the
// empty cells at their ends. It checks that table, which has no such cells, is equal
// otherwise.
func digest(t *testing.T, data []byte, table *formats.Table) string {
	src := formats.Source{Name: table.Name, ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
	cs, err := detectCharset(t.Context(), src, src.Size, "")
	require.NoError(t, err)
	l := Format{}.detectLayout(src, cs)
	s := newScanner(cs.reader(newSource(src, src.Size)), windowSize(src.Size), l.delim, 0, formats.Limits{}.WithDefaults())
	s.skipFirst = l.sep
	var records [][]string
	i := 0
	for {
		ok, err := s.next()
		require.NoError(t, err)
		if !ok {
			break
		}
		var cells []string
		for _, c := range s.cells {
			cells = append(cells, string(s.value(c)))
		}
		end := len(cells)
		for end > 0 && cells[end-1] == "" {
			end--
		}
		if end == 0 {
			continue
		}
		require.Equal(t, cells[:end], table.Row(i).Cells())
		require.Equal(t, s.number, table.Row(i).Number())
		i++
		records = append(records, cells)
	}
	require.Equal(t, i, table.Len())
	sum := sha256.Sum256(pythonJSON(records))
	return hex.EncodeToString(sum[:])
}

// pythonJSON returns records as json.dumps of Python writes them.
func pythonJSON(records [][]string) []byte {
	var out bytes.Buffer
	out.WriteByte('[')
	for i, r := range records {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteByte('[')
		for k, c := range r {
			if k > 0 {
				out.WriteString(", ")
			}
			out.WriteByte('"')
			for _, u := range utf16.Encode([]rune(c)) {
				switch short := strings.IndexByte("\"\\\n\r\t\b\f", byte(u)); {
				case u < 0x80 && short >= 0:
					out.WriteByte('\\')
					out.WriteByte(`"\nrtbf`[short])
				case u < ' ' || u >= 0x7f && u != 0x7f:
					out.WriteString(`\u` + hex.EncodeToString([]byte{byte(u >> 8), byte(u)}))
				default:
					out.WriteByte(byte(u))
				}
			}
			out.WriteByte('"')
		}
		out.WriteByte(']')
	}
	out.WriteByte(']')
	return out.Bytes()
}
