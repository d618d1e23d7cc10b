package importer

import "fmt"

// An Action says what a row will do. The zero value is invalid.
type Action uint8

// The actions.
const (
	ActionCreate    Action = iota + 1 // creates a person
	ActionUpdate                      // changes a person, or what the person has
	ActionDelete                      // deletes a person
	ActionUnchanged                   // changes nothing: the store is as the row wants it
	ActionSkip                        // does nothing: the row repeats an earlier row, or is no person's
	ActionBlocked                     // does nothing: a row that it needs will not happen
	ActionError                       // does nothing: the row has an error
)

var actionNames = [...]string{ActionCreate: "create", ActionUpdate: "update", ActionDelete: "delete", ActionUnchanged: "unchanged",
	ActionSkip: "skip", ActionBlocked: "blocked", ActionError: "error"}

// Actions returns all actions in the order in which a summary lists them.
func Actions() []Action {
	return []Action{ActionCreate, ActionUpdate, ActionDelete, ActionUnchanged, ActionSkip, ActionBlocked, ActionError}
}

// String returns the action's name, such as "create".
func (a Action) String() string {
	if int(a) < len(actionNames) && a > 0 {
		return actionNames[a]
	}
	return fmt.Sprintf("Action(%d)", uint8(a))
}

// MarshalText returns the action's name. The zero value is an error.
func (a Action) MarshalText() ([]byte, error) {
	if a < ActionCreate || a > ActionError {
		return nil, fmt.Errorf("importer: action %d has no name", a)
	}
	return []byte(a.String()), nil
}

// UnmarshalText reads a name that MarshalText returns. Any other text is an error.
func (a *Action) UnmarshalText(text []byte) error {
	for i, n := range actionNames {
		if n != "" && n == string(text) {
			*a = Action(i)
			return nil
		}
	}
	return fmt.Errorf("importer: no action is called %q", text)
}

// An Outcome says what became of a row. The zero value is invalid.
type Outcome string

// The outcomes. Every row of a file ends in exactly one.
const (
	OutcomeCreated   Outcome = "created"
	OutcomeUpdated   Outcome = "updated"
	OutcomeDeleted   Outcome = "deleted"
	OutcomeUnchanged Outcome = "unchanged"
	OutcomeSkipped   Outcome = "skipped"  // repeated, no person's, removed, not approved, or held back by all-or-nothing
	OutcomeBlocked   Outcome = "blocked"  // a row that it needed did not happen
	OutcomeConflict  Outcome = "conflict" // it would no longer have done what was shown
	OutcomeFailed    Outcome = "failed"   // it had an error
)

// Outcomes returns all outcomes in the order in which a summary lists them.
func Outcomes() []Outcome {
	return []Outcome{OutcomeCreated, OutcomeUpdated, OutcomeDeleted, OutcomeUnchanged, OutcomeSkipped, OutcomeBlocked, OutcomeConflict, OutcomeFailed}
}

// Done reports whether the store is as the row wants it: created, updated, deleted
// or unchanged.
func (o Outcome) Done() bool {
	return o == OutcomeCreated || o == OutcomeUpdated || o == OutcomeDeleted || o == OutcomeUnchanged
}

// outcome returns the outcome of a row that does what was shown.
func (a Action) outcome() Outcome {
	switch a {
	case ActionCreate:
		return OutcomeCreated
	case ActionUpdate:
		return OutcomeUpdated
	case ActionDelete:
		return OutcomeDeleted
	case ActionUnchanged:
		return OutcomeUnchanged
	case ActionSkip:
		return OutcomeSkipped
	case ActionBlocked:
		return OutcomeBlocked
	}
	return OutcomeFailed
}

// writes reports whether the action changes the store.
func (a Action) writes() bool {
	return a == ActionCreate || a == ActionUpdate || a == ActionDelete
}
