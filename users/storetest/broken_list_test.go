package storetest_test

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-go/usher/users"
)

func brokenList() []broken {
	// asks replaces the query.
	asks := func(change func(*users.Query)) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				change(&q)
				return s.List(ctx, q)
			}}
		}
	}
	// answers replaces the page.
	answers := func(change func(q users.Query, p *users.Page)) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				p, err := s.List(ctx, q)
				p.Records = slices.Clone(p.Records)
				change(q, &p)
				return p, err
			}}
		}
	}
	// sorts orders all records anew, and pages by number.
	sorts := func(compare func(q users.Query, a, b users.Record) int) func(users.Store) users.Store {
		return func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				all, err := every(ctx, s, q)
				slices.SortStableFunc(all, func(a, b users.Record) int { return compare(q, a, b) })
				from, _ := strconv.Atoi(q.After)
				return cut(all, from, q), err
			}}
		}
	}
	bySort := func(a, b users.Record) int { return strings.Compare(a.Index().Sort, b.Index().Sort) }
	byID := func(a, b users.Record) int { return strings.Compare(string(a.ID), string(b.ID)) }
	signs := regexp.MustCompile(`[^a-z0-9]`)

	return []broken{
		{"lists users when no kind is asked", []string{"list/kind"}, asks(func(q *users.Query) { q.Kind = cmp.Or(q.Kind, users.KindUser) })},
		{"opens an empty scope", []string{"list/no-scope"}, asks(func(q *users.Query) { q.Scope.All = q.Scope.All || len(q.Scope.Accounts) == 0 })},
		{"ignores the scope", []string{"list/scope", "list/no-scope"}, asks(func(q *users.Query) { q.Scope = users.Scope{All: true} })},
		{"ignores the exceptions", []string{"list/except"}, asks(func(q *users.Query) { q.Scope.Except = nil })},
		{"ignores records of no account", []string{"list/except"}, asks(func(q *users.Query) { q.Scope.Except = append(q.Scope.Except, "") })},
		{"orders by id", []string{"list/order"}, sorts(func(_ users.Query, a, b users.Record) int { return byID(a, b) })},
		{"orders like a dictionary", []string{"list/order"}, sorts(func(_ users.Query, a, b users.Record) int {
			return cmp.Or(strings.Compare(signs.ReplaceAllString(a.Index().Sort, ""), signs.ReplaceAllString(b.Index().Sort, "")), byID(a, b))
		})},
		{"orders ascending always", []string{"list/descending"}, asks(func(q *users.Query) { q.Descending = false })},
		{"orders ids ascending always", []string{"list/descending"}, sorts(func(q users.Query, a, b users.Record) int {
			if q.Descending {
				return cmp.Or(-bySort(a, b), byID(a, b))
			}
			return cmp.Or(bySort(a, b), byID(a, b))
		})},
		{"repeats the last record on the next page", []string{"list/pages"}, func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				all, err := every(ctx, s, q)
				from, _ := strconv.Atoi(q.After)
				p := cut(all, max(0, from-1), q)
				if q.Limit == 1 {
					p = cut(all, from, q)
				}
				return p, err
			}}
		}},
		{"answers a Next on a full last page", []string{"list/pages"}, func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				all, err := every(ctx, s, q)
				from, _ := strconv.Atoi(q.After)
				p := cut(all, from, q)
				if len(p.Records) == q.PageSize() {
					p.Next = strconv.Itoa(from + q.PageSize())
				}
				return p, err
			}}
		}},
		{"goes on after the Sort", []string{"list/pages-ties"}, func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				all, err := every(ctx, s, q)
				from := 0
				for q.After != "" && from < len(all) && (all[from].Index().Sort <= q.After) != q.Descending {
					from++
				}
				p := cut(all, from, q)
				if p.Next != "" {
					p.Next = p.Records[len(p.Records)-1].Index().Sort
				}
				return p, err
			}}
		}},
		{"filters the page", []string{"list/pages-filtered"}, func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				fit, err := every(ctx, s, q)
				if err != nil {
					return users.Page{}, err
				}
				q.Having, q.Text = nil, ""
				p, err := s.List(ctx, q)
				p.Records = slices.DeleteFunc(slices.Clone(p.Records), func(r users.Record) bool {
					return !slices.ContainsFunc(fit, func(f users.Record) bool { return f.ID == r.ID })
				})
				return p, err
			}}
		}},
		{"has pages of fifty", []string{"list/page-size"}, asks(func(q *users.Query) {
			if q.Limit == 0 {
				q.Limit = 50
			}
		})},
		{"has pages of any size", []string{"list/page-size"}, func(s users.Store) users.Store {
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				all, err := every(ctx, s, q)
				if q.Limit < 5000 {
					return s.List(ctx, q)
				}
				return users.Page{Records: all}, err
			}}
		}},
		{"asks the first of Having", []string{"list/having"}, asks(func(q *users.Query) { q.Having = q.Having[:min(1, len(q.Having))] })},
		{"minds the accounts of Having", []string{"list/having"}, asks(func(q *users.Query) {
			for _, k := range q.Having {
				if k.Account != "" {
					q.Scope = users.Scope{Accounts: []users.AccountID{k.Account}}
				}
			}
		})},
		{"finds any word", []string{"list/text"}, asks(func(q *users.Query) {
			if words := strings.Fields(q.Text); len(words) > 0 {
				q.Text = words[0]
			}
		})},
		{"finds whole words", []string{"list/text"}, texts(func(search string, words []string) bool {
			for _, w := range words {
				if !slices.Contains(strings.Fields(search), users.Fold(w)) {
					return false
				}
			}
			return true
		})},
		{"does not fold the text", []string{"list/text"}, texts(func(search string, words []string) bool {
			for _, w := range words {
				if !strings.Contains(search, w) {
					return false
				}
			}
			return true
		})},
		{"takes % for anything", []string{"list/text-literal"}, texts(func(search string, words []string) bool {
			for _, w := range words {
				if !regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(users.Fold(w)), "%", ".*")).MatchString(search) {
					return false
				}
			}
			return true
		})},
		{"counts the page", []string{"list/count"}, answers(func(q users.Query, p *users.Page) { p.Total = len(p.Records) })},
		{"counts what is left", []string{"list/count"}, func(s users.Store) users.Store {
			counted := map[string]int{}
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				p, err := s.List(ctx, q)
				p.Total -= counted[q.After]
				counted[p.Next] = counted[q.After] + len(p.Records)
				return p, err
			}}
		}},
		{"lists what was there first", []string{"list/moved"}, func(s users.Store) users.Store {
			var first *users.Page
			return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
				p, err := s.List(ctx, q)
				if first == nil {
					first = &p
				}
				return *first, err
			}}
		}},
	}
}

// cut is the page of all that begins at from; its Next is a number.
func cut(all []users.Record, from int, q users.Query) users.Page {
	from = min(from, len(all))
	end := min(from+q.PageSize(), len(all))
	p := users.Page{Records: all[from:end], Total: len(all)}
	if end < len(all) {
		p.Next = strconv.Itoa(end)
	}
	return p
}

// texts makes a Store that searches in its own way.
func texts(holds func(search string, words []string) bool) func(users.Store) users.Store {
	return func(s users.Store) users.Store {
		return altered{Store: s, list: func(ctx context.Context, q users.Query) (users.Page, error) {
			words := strings.Fields(q.Text)
			q.Text = ""
			all, err := every(ctx, s, q)
			all = slices.DeleteFunc(all, func(r users.Record) bool { return !holds(r.Index().Search, words) })
			return users.Page{Records: all}, err
		}}
	}
}
