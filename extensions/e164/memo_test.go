package e164

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

// counting answers that every text is a number, and counts how often it is asked.
type counting struct{ asked int }

func (c *counting) recognise(text, region string) reading {
	c.asked++
	return reading{number: extensions.Number{E164: "+" + text}}
}

func TestMemo(t *testing.T) {
	for _, tc := range []struct {
		name  string
		limit int
		texts string
		asked int
	}{
		{"a number that comes again costs nothing", 10, "111 222 111 222", 2},
		{"what was asked lately stays", 4, "111 222 111 333 444 111", 4},
		{"what was not goes", 4, "111 222 333 444 555 111", 6},
		{"one", 1, "111 111 222 111", 3},
		{"none", 0, "111 111", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := &counting{}
			n := &Normalizer{numbers: c, memo: memo{limit: tc.limit}}
			for text := range strings.FieldsSeq(tc.texts) {
				got, problems := n.Normalize(text, "FR")
				require.Empty(t, problems)
				require.Equal(t, "+"+text, got.E164)
				require.LessOrEqual(t, len(n.memo.young)+len(n.memo.old), tc.limit)
			}
			require.Equal(t, tc.asked, c.asked)
		})
	}
}

func TestMemoIsBounded(t *testing.T) {
	n := &Normalizer{numbers: &counting{}, memo: memo{limit: 100}}
	for i := range 10_000 {
		n.Normalize(strconv.Itoa(100_000+i), "FR")
		require.LessOrEqual(t, len(n.memo.young)+len(n.memo.old), 100)
	}
	n = &Normalizer{numbers: &counting{}, memo: memo{limit: 100}}
	n.Normalize(strings.Repeat("1", maxRemembered+1), "FR")
	require.Empty(t, n.memo.young, "long texts are not kept")
}

func TestMemoTellsRegionsApart(t *testing.T) {
	n := New(nil)
	for range 2 {
		fr, _ := n.Normalize("0123456789", "FR")
		require.Equal(t, "+33123456789", fr.E164)
		none, problems := n.Normalize("0123456789", "")
		require.Empty(t, none)
		require.Equal(t, []users.Problem{{Code: "phone.region"}}, problems)
	}
}

func TestMemoSharesNothing(t *testing.T) {
	n := New(nil)
	want := []users.Problem{{Code: "phone.too_short", Args: map[string]string{"country": "+33"}}}
	for range 3 { // the first is what is kept, the second is from what is kept
		_, problems := n.Normalize("4021", "FR")
		require.Equal(t, want, problems)
		problems[0].Code = "changed"
		clear(problems[0].Args)
	}
}
