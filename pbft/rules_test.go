package pbft_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rules lists what the protocol promises, by the section of TOCS'02 that has
// it (or another paper; ours: none), and the tests that fail when it does not hold: of this
// package, or of the one named, or a transcript.
var rules = []struct{ section, rule, tests string }{
	// Authentication.
	{"3.2", "every frame has a MAC of one key for each pair and direction", "auth.TestChangedFramesAreRefused auth.TestReflectedFramesAreRefused auth.TestEachHandshakeHasItsOwnKeys auth.TestFramesOutOfPlaceAreRefused"},
	{"3.2", "an authenticator has an entry for each replica", "auth.TestEachReplicaChecksItsOwnEntry"},
	{"3.2", "who holds no long-term key of the configuration is refused", "auth.TestHandshakeRefusals runtime.TestClientWithoutTheKeyIsRefused"},
	{"4", "session keys are refreshed without losing anything", "auth.TestPreviousKeyOverlaps transport.TestRefreshLosesNothing runtime.TestOperationsUnderRefresh"},
	{"2.3.5", "signatures are for one purpose and cover the bytes received", "auth.TestSignaturesAreForOnePurpose auth.TestStatements message.TestViewChangeDigestCoversTheBytesBeforeTheSignature"},
	{"ours", "decoding is strict: one encoding for a message, bounded memory", "message.TestEveryChangedByteIsRefusedOrMeansSomethingElse message.TestEveryTruncationIsRefused message.TestHostileLengthsCostNothing transport.TestAnnouncedFrameCostsLittle"},

	// Normal case.
	{"2.3.3", "prepared is a pre-prepare and 2f prepares that match", "TestPreparedCertificate"},
	{"2.3.3", "committed is 2f+1 commits of one view", "TestCommittedCertificate TestCommitsOfTwoViews"},
	{"2.3.3", "nothing outside the water marks, of other views, or that contradicts", "TestRefusals TestContradictionsAreRefused TestLogSlotsAreBounded"},
	{"2.3.3", "requests run once, and are answered each time they are ordered", "TestExactlyOnce TestOneTimestampTwoRequests TestExactlyOnceAcrossViews"},
	{"2.3.2", "a session has a window; a forgotten one runs nothing again", "TestWindow TestSessions TestClientWindow"},
	{"2.3.2", "clients ask again, and replicas pass requests on", "TestRetransmission answer-again.txt relay.txt"},
	{"5.1.4", "batches in flight, in requests and in bytes are bounded; the queue is fair", "batching.txt TestPrimaryQueueIsFairAndBounded TestBatchBytes TestOversizedBatches"},
	{"5.1.5", "large requests are only named by the primary", "TestLargeRequestsAreNamed TestLargeRequestAfterItsPrePrepare TestIncompleteBatchIsNoBody large-request.txt"},
	{"5.4", "proposed time grows and is near the backups' clocks", "TestVouching TestTimeMustNotGoBack"},
	{"3.2", "a backup vouches for authentic requests, or follows f+1 that do", "TestVouching TestPartlyAuthenticRequests TestSuspectsAreVouchedFor TestPartlyAuthenticRequestsForceAViewChange TestClientAndReplicaTogetherReplaceNoPrimary TestJunkDoesNotHideAnIgnoredRequest TestSuspectCostsOneHop TestDoubtsAreBounded"},

	// Tentative execution, replies and reads.
	{"5.1.2", "tentatively is executed what is prepared, when all before it is committed", "TestTentativeExecution TestRepliesBecomeCommitted TestCommittedExecutionRepliesTentatively"},
	{"5.1.2", "a view change takes tentative effects, and their replies, back", "TestRollback tentative-rollback.txt"},
	{"5.1.2", "a client accepts 2f+1 matching replies; tentative ones match in one view", "TestReplyCertificates sim.TestFewReplies"},
	{"5.1.1", "one replica sends a large result, the others its digest; whoever sends it completes", "TestDigestReplies TestSilentReplier TestReplyCertificates digest-replies.txt"},
	{"5.1.3", "a read is answered when all that it reflects is committed", "TestReadsWaitForTheCommit TestReadsWaitForWhatWasRolledBack TestReadAfterRollback read-waits.txt"},
	{"5.1.3", "a read needs 2f+1 answers of one result and position, or is ordered", "TestReadsMatchInPosition TestReadFallsBack TestReadNeedsEqualAnswers read-fallback.txt"},
	{"5.1.3", "the replica decides what may be read unordered; waiting reads are bounded", "TestReadsAreChecked TestWaitingReadsAreBounded"},
	{"SRDS'21", "a replica that the primary leaves out catches up without it", "TestCatchUpWithoutThePrimary TestIdleReplicasCatchUp reads-attack.txt"},

	// Checkpoints, logs, state transfer.
	{"2.3.4", "a checkpoint is stable when 2f+1 have it, this replica among them", "TestStableCertificate TestCheckpointsAloneMoveNoWaterMark checkpoint.txt"},
	{"2.3.4", "checkpoints are of committed state and cover the last-reply table", "TestCheckpointOfCommittedState TestCheckpointDigestCoversSessions"},
	{"2.3.4", "a full window whose checkpoint is missing gets it sent again", "TestWaterMarks TestLogIsBounded"},
	{"5.2", "replicas say what they have and get what they lack, in bounds", "TestStatusAnswersAreBounded retransmission.txt TestRelayedBatchNeedsCommittedStatements"},
	{"5.3.2", "a state that f+1 have is fetched from several, each page checked", "TestStateTransfer TestLyingPages TestGoalNeedsWeakCertificate state-transfer.txt"},
	{"5.3.2", "only what differs is fetched; a target that is gone is replaced", "TestStateTransferMovesWhatDiffers TestTransferFollowsTheOthers TestTransferDuringAViewChange"},
	{"5.3.2", "a state that is installed brings replies, and leaves what is above it", "TestTransferBringsReplies TestQueueIsPrunedAfterTransfer TestFetchedStateKeepsWhatIsAbove"},
	{"5.3.3", "a state that has changed by itself is found and repaired", "TestDivergedReplicaStepsAside TestDivergenceIsRepaired TestIdleReplicaRepairsItsMemory"},

	// View change.
	{"2.3.5", "the timer runs for known requests, doubles, and comes back down", "TestViewTimer TestViewTimerComesBackDown TestLaggardStaysInItsView TestAcknowledgedRequestWaitsForEver"},
	{"2.3.5", "a replica joins f+1 others, in the smallest of their views", "TestJoiningAViewChange TestOneReplicaCannotForceAView"},
	{"2.3.5", "a primary that delays, or orders some late, is replaced; one that is asked too much is not", "TestDelayingPrimaryIsReplaced TestOverloadReplacesNoPrimary"},
	{"2.3.5", "VIEW-CHANGE has C, P and Q", "TestViewChangeContents TestQKeepsSeveralBatches"},
	{"2.3.5", "the checkpoint: f+1 have it, 2f+1 have not passed it", "TestDecideCheckpoint"},
	{"2.3.5", "the batches: A1, A2, or null; the same in any order, and bounded", "TestDecideBatches TestDecideInAnyOrder TestDecideIsBounded"},
	{"2.3.5", "backups repeat the decision", "TestNewViewIsChecked"},
	{"2.3.5", "what prepared keeps its number; bodies that are missing are fetched", "TestPreparedRequestSurvives TestMissingBodiesAreFetched TestWrongBodiesAreRefused view-change-prepared.txt view-change-unprepared.txt equivocation-view-change.txt"},
	{"2.3.5", "a null request consumes its number and needs no authenticator", "TestNullRequest TestNullDigest TestNullRequestNeedsNoAuthenticator null-request.txt"},
	{"2.3.5", "during a view change a replica still learns, and helps", "TestWhatGoesOnDuringAViewChange"},
	{"5.4", "a new primary's time stays above the last committed", "TestNewPrimaryWithASlowClock"},
	{"4", "a replica that forgot its votes counts as faulty until a checkpoint above them", "sim.TestTrustComesBack"},
}

// TestEveryRuleHasItsTests: the tests that the list names exist.
func TestEveryRuleHasItsTests(t *testing.T) {
	t.Parallel()
	known := make(map[string]bool)
	test := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, in := range []string{"", "auth", "message", "transport", "runtime", "sim"} {
		files, _ := filepath.Glob(filepath.Join(in, "*_test.go"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range test.FindAllStringSubmatch(string(text), -1) {
				known[strings.TrimPrefix(in+"."+m[1], ".")] = true
			}
		}
	}
	for _, p := range plays {
		known[p.name+".txt"] = true
	}
	for _, r := range rules {
		for _, name := range strings.Fields(r.tests) {
			if !known[name] {
				t.Errorf("%s, %s: there is no %s", r.section, r.rule, name)
			}
		}
	}
}
