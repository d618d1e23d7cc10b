package main

import "strings"

// nearest returns the name that s was probably meant for. It is at most two edits
// away and at most a third of the length of s. Two names that are equally near are
// no suggestion.
func nearest(s string, names []string) (name string, found bool) {
	best := min(2, len(s)/3) + 1
	for _, n := range names {
		switch d := distance(strings.ToLower(s), n); {
		case d < best:
			best, name, found = d, n, true
		case d == best:
			found = false
		}
	}
	if !found {
		name = ""
	}
	return name, found
}

// distance returns the number of edits between two names: characters inserted,
// removed, replaced, or swapped with their neighbour.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}

	for i := range len(a) {
		before, last, now := rows[0], rows[1], rows[2]
		now[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			now[j+1] = min(last[j]+cost, last[j+1]+1, now[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
		rows = [3][]int{last, now, before}
	}

	return rows[1][len(b)]
}
