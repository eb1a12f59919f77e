package message

import "fmt"

// Type is a message's label, the first element of its array on the wire. The
// numbers are part of the format and never change.
type Type uint8

// The types of message. 0 is none.
const (
	TypeRequest    Type = 1
	TypePrePrepare Type = 2
	TypePrepare    Type = 3
	TypeCommit     Type = 4
	TypeReply      Type = 5
	TypeCheckpoint Type = 6
	TypeStatus     Type = 7
	TypeInquiry    Type = 8
	TypeReport     Type = 9
	TypeCommitted  Type = 10
	TypeViewChange Type = 11
	TypeNewView    Type = 12
	TypeFetch      Type = 13
	TypeFetchState Type = 14
	TypeStatePage  Type = 15

	TypeAttest      Type = 16
	TypeAttestation Type = 17
	TypeInspect     Type = 18
	TypeInspection  Type = 19
	TypeVouch       Type = 20
)

// layouts gives each type its name and how many elements its array has, with
// the label.
var layouts = [...]struct {
	name   string
	fields int
}{
	TypeRequest:    {"REQUEST", 9},
	TypePrePrepare: {"PRE-PREPARE", 5},
	TypePrepare:    {"PREPARE", 5},
	TypeCommit:     {"COMMIT", 5},
	TypeReply:      {"REPLY", 14},
	TypeCheckpoint: {"CHECKPOINT", 4},
	TypeStatus:     {"STATUS", 10},
	TypeInquiry:    {"INQUIRY", 2},
	TypeReport:     {"REPORT", 23},
	TypeCommitted:  {"COMMITTED", 4},
	TypeViewChange: {"VIEW-CHANGE", 8},
	TypeNewView:    {"NEW-VIEW", 4},
	TypeFetch:      {"FETCH", 4},
	TypeFetchState: {"FETCH-STATE", 4},
	TypeStatePage:  {"STATE-PAGE", 5},

	TypeAttest:      {"ATTEST", 2},
	TypeAttestation: {"ATTESTATION", 6},
	TypeInspect:     {"INSPECT", 4},
	TypeInspection:  {"INSPECTION", 4},
	TypeVouch:       {"VOUCH", 6},
}

// String is the type's name in the papers, or its number if it has none.
func (t Type) String() string {
	if !t.known() {
		return fmt.Sprintf("TYPE-%d", uint8(t))
	}
	return layouts[t].name
}

func (t Type) known() bool {
	return int(t) < len(layouts) && layouts[t].fields > 0
}
