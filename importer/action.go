package importer

import "fmt"

// An Action is what a row will do. The zero value is invalid.
type Action uint8

// The actions.
const (
	ActionCreate    Action = iota + 1 // makes a person
	ActionUpdate                      // changes one, or what they have
	ActionDelete                      // deletes one
	ActionUnchanged                   // finds everything as it wants it
	ActionSkip                        // repeats an earlier row
	ActionBlocked                     // needs a row that will not happen
	ActionError                       // has an error
)

var actionNames = [...]string{ActionCreate: "create", ActionUpdate: "update", ActionDelete: "delete", ActionUnchanged: "unchanged",
	ActionSkip: "skip", ActionBlocked: "blocked", ActionError: "error"}

// Actions are all actions, in the order a summary lists them.
func Actions() []Action {
	return []Action{ActionCreate, ActionUpdate, ActionDelete, ActionUnchanged, ActionSkip, ActionBlocked, ActionError}
}

// String is the action's name: "create".
func (a Action) String() string {
	if int(a) < len(actionNames) && a > 0 {
		return actionNames[a]
	}
	return fmt.Sprintf("Action(%d)", uint8(a))
}

// MarshalText writes the name. The zero value is an error.
func (a Action) MarshalText() ([]byte, error) {
	if a < ActionCreate || a > ActionError {
		return nil, fmt.Errorf("importer: action %d has no name", a)
	}
	return []byte(a.String()), nil
}

// UnmarshalText reads the names that MarshalText writes.
func (a *Action) UnmarshalText(text []byte) error {
	for i, n := range actionNames {
		if n != "" && n == string(text) {
			*a = Action(i)
			return nil
		}
	}
	return fmt.Errorf("importer: no action is called %q", text)
}

// An Outcome is what became of a row. The zero value is invalid.
type Outcome string

// The outcomes. Every row of a file ends in exactly one.
const (
	OutcomeCreated   Outcome = "created"
	OutcomeUpdated   Outcome = "updated"
	OutcomeDeleted   Outcome = "deleted"
	OutcomeUnchanged Outcome = "unchanged"
	OutcomeSkipped   Outcome = "skipped"  // a repeat, a row removed, not approved, or held back by all-or-nothing
	OutcomeBlocked   Outcome = "blocked"  // needed a row that did not happen
	OutcomeConflict  Outcome = "conflict" // what was shown would no longer have happened
	OutcomeFailed    Outcome = "failed"   // had an error
)

// Outcomes are all outcomes, in the order a summary lists them.
func Outcomes() []Outcome {
	return []Outcome{OutcomeCreated, OutcomeUpdated, OutcomeDeleted, OutcomeUnchanged, OutcomeSkipped, OutcomeBlocked, OutcomeConflict, OutcomeFailed}
}

// Done reports whether the store now is as the row wants it.
func (o Outcome) Done() bool {
	return o == OutcomeCreated || o == OutcomeUpdated || o == OutcomeDeleted || o == OutcomeUnchanged
}

// outcome is what becomes of a row that goes as shown.
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
