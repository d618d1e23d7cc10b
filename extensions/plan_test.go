package extensions_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/usher-go/usher/extensions"
	"github.com/usher-go/usher/users"
)

func ExamplePlan() {
	plan, err := extensions.NewPlan(map[string][]extensions.Range{"PBX1": {{"1000", "1999"}, {"#1", "#1"}}})
	if err != nil {
		panic(err)
	}
	for _, number := range []string{"1001", "#1", "2001"} {
		for _, p := range plan.Check("PBX1", number) {
			fmt.Println(number, p.Code, p.Args["allowed"])
		}
	}
	// Output: 2001 line.range #1, 1000-1999
}

func TestPlan(t *testing.T) {
	plan, err := extensions.NewPlan(map[string][]extensions.Range{
		"PBX1": {{"4000", "4999"}, {"100", "199"}, {"#1", "#1"}},
		"PBX2": {},
		"":     {{"0100", "0199"}},
	})
	require.NoError(t, err)
	for _, tc := range []struct {
		name, pbx, number string
		allowed           string // "ok", or what the error allows
	}{
		{"first", "PBX1", "4000", "ok"},
		{"last", "PBX1", "4999", "ok"},
		{"letter case of the id", "pbx1", "4999", "ok"},
		{"one number", "PBX1", "#1", "ok"},
		{"before", "PBX1", "3999", "#1, 100-199, 4000-4999"},
		{"behind", "PBX1", "5000", "#1, 100-199, 4000-4999"},
		{"longer", "PBX1", "1500", "#1, 100-199, 4000-4999"},
		{"not of digits", "PBX1", "4A00", "#1, 100-199, 4000-4999"},
		{"a PBX without numbers", "PBX2", "4000", ""},
		{"a PBX that is not named", "PBX3", "0150", "ok"},
		{"leading zero", "PBX3", "150", "0100-0199"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var want []users.Problem
			if tc.allowed != "ok" {
				want = []users.Problem{{Code: "line.range", Args: map[string]string{"pbx": tc.pbx}}}
				if tc.allowed != "" {
					want[0].Args["allowed"] = tc.allowed
				}
			}
			if diff := cmp.Diff(want, plan.Check(tc.pbx, tc.number)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseRange(t *testing.T) {
	for _, text := range []string{"1000-1999", "#1", "-5", "1-A", "0100-0199"} {
		r, err := extensions.ParseRange(text)
		require.NoError(t, err, text)
		require.Equal(t, text, r.String())
	}
	for text, want := range map[string]string{
		"":         `extensions: range: "" is no extension`,
		"1999-100": `extensions: range: 1999-100 is not of one length`,
		"200-100":  `extensions: range: 200-100 ends before it begins`,
		"1000 – 2": `extensions: range: "1000 – 2" is no extension`,
	} {
		_, err := extensions.ParseRange(text)
		require.EqualError(t, err, want)
	}
}

func TestNoPlanAllowsAll(t *testing.T) {
	var none *extensions.Plan
	require.Empty(t, none.Check("PBX1", "1"))
	plan, err := extensions.NewPlan(map[string][]extensions.Range{"PBX1": {}})
	require.NoError(t, err)
	require.Empty(t, plan.Check("PBX2", "1"), "a PBX that is not named")
}

func TestManyRangesAreCut(t *testing.T) {
	ranges := map[string][]extensions.Range{}
	for i := range 12 {
		n := fmt.Sprint(10 + i)
		ranges[""] = append(ranges[""], extensions.Range{First: n, Last: n})
	}
	plan, err := extensions.NewPlan(ranges)
	require.NoError(t, err)
	require.Equal(t, "10, 11, 12, 13, 14, 15, 16, 17, 18, 19, …", plan.Check("PBX1", "99")[0].Args["allowed"])
	ranges[""][0] = extensions.Range{First: "99", Last: "99"}
	require.NotEmpty(t, plan.Check("PBX1", "99"), "a plan does not change")
}

func TestNewPlanRefuses(t *testing.T) {
	for _, tc := range []struct {
		name   string
		ranges map[string][]extensions.Range
		want   string
	}{
		{"lengths", map[string][]extensions.Range{"P": {{"100", "1999"}}}, `extensions: plan: "P": 100-1999 is not of one length`},
		{"order", map[string][]extensions.Range{"P": {{"200", "100"}}}, `extensions: plan: "P": 200-100 ends before it begins`},
		{"letters", map[string][]extensions.Range{"P": {{"A00", "A99"}}}, `extensions: plan: "P": A00-A99 is not of digits`},
		{"blank", map[string][]extensions.Range{"P": {{"", ""}}}, `extensions: plan: "P": "" is no extension`},
		{"padding", map[string][]extensions.Range{"P": {{"1 ", "1 "}}}, `extensions: plan: "P": "1 " is no extension`},
		{"twice", map[string][]extensions.Range{"p": {}, "P": {}}, `extensions: plan: "p" is named twice`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := extensions.NewPlan(tc.ranges)
			require.EqualError(t, err, tc.want)
		})
	}
}
