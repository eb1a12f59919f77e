// Command mutate shows that the simulator can fail: it breaks the core of the
// protocol in one place at a time, each a mistake that implementations have
// made, and lets the simulator look for it.
//
//	go run ./scripts/mutate [-runs N] [-jobs J] [-only NAME,NAME]
//
// For each mutation of the table in mutations.go cmd/bfs-sim is built with the
// changed files in the place of the originals (go build -overlay: the working
// tree is not touched), and plays seed after seed, with f=1 and now and then
// f=2, until a run fails for the mutation's own reason or N have passed. The
// table says of each mutation what kind of violation that is: one that breaks
// safety has to show as a fork, or as an answer that is not certain, and not as
// a crash or a run that stands still. A seed at which the core as it is fails as
// well counts for nothing. The output is a table: mutation, after how many runs
// it was caught, in which, and by which violation. The exit status is 1 if one
// was not caught.
//
// It does not run the unit tests of pbft: these hold single rules, while the
// question here is whether the adversaries and checks of the simulator would
// notice a rule that nobody thought of.
//
// # Results
//
// Of go run ./scripts/mutate, in 13 minutes on four processors with much other
// work: after how many runs each mutation was caught, and how. The
// numbers change with what the simulator draws, the kinds should not.
//
//	small-quorum                    1  a stable checkpoint that one correct replica has
//	small-weak                      5  executed out of order
//	prepared-with-2f-1             27  a result accepted that may be undone
//	committed-with-2f             487  batches differ
//	committed-by-f                195  batches differ
//	no-water-mark                   1  more slots than allowed
//	no-vouching                    60  a request executed that no client has made
//	vouching-by-f                  60  a request executed that no client has made
//	doubts-settled-by-f           433  a request executed that no client has made
//	no-exactly-once                 1  a result accepted that is not the committed one
//	no-session-floor                5  a result accepted that is not the committed one
//	time-goes-back                136  a final state that is not what was committed makes
//	own-clock-only                 10  correct primaries replaced again and again
//	no-rollback                     2  states differ
//	rollback-keeps-replies          2  states differ
//	reads-too-early                11  a read accepted of no certain state
//	reads-after-rollback          242  a read accepted of no certain state
//	weak-client                     7  a result accepted that may be undone
//	tentative-across-views         36  a result accepted that may be undone
//	reads-of-any-position          37  a read accepted of no certain state
//	stable-with-2f                  1  a stable checkpoint that one correct replica has
//	checkpoint-digest-ignored       3  stable states differ
//	tentative-checkpoint            1  executed out of order
//	replies-not-in-digest           6  states differ
//	sessions-not-in-digest          2  states differ
//	pages-not-verified            914  the core finds a state that is not its digest's
//	installed-unverified          914  states differ
//	goal-by-f                     336  correct primaries replaced again and again
//	behind-by-f                    31  a replica believes itself behind
//	no-A1                        1228  batches differ
//	small-A1                     2849  batches differ
//	no-A2                         396  a result accepted that was never committed
//	small-A2                      396  a result accepted that was never committed
//	small-B                       188  batches differ
//	no-B                           98  batches differ
//	wrong-null                      2  no convergence
//	checkpoint-of-f                93  no convergence
//	no-P                            2  batches differ
//	no-Q                            1  no convergence
//	join-f                        964  correct primaries replaced again and again
//	new-view-of-2f                425  batches differ
//	no-timeout-doubling           208  no convergence
//	amnesia-is-no-fault           110  a stable checkpoint that one correct replica has
//
// small-A1 and no-A1 need a batch that is prepared at one correct replica alone,
// and another that is committed at one alone in the next view, which is then
// away while the first is back: of the runs that hunt for it one in hundreds
// gets there. doubts-settled-by-f shows only where a client's session happens to
// be the one whose requests a liar makes up.
package main
