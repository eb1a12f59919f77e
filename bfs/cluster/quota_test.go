package cluster

import "testing"

func TestParseOwnerQuota(t *testing.T) {
	t.Parallel()
	got, err := ParseOwnerQuota("1000=4096:0")
	if want := (OwnerQuota{1000, Quota{Bytes: 4096}}); err != nil || got != want {
		t.Errorf("%+v %v", got, err)
	}
	for _, text := range []string{"", "1000", "1000=1", "=1:1", "1=1:", "1=:1", "-1=1:1", "4294967296=1:1", "1=1:1:1", "a=1:1"} {
		if got, err := ParseOwnerQuota(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// TestServiceHasTheQuotas: they are in the state, and so in its digest.
func TestServiceHasTheQuotas(t *testing.T) {
	t.Parallel()
	c := create(t, nil)
	seen := map[[32]byte]int{}
	for i, change := range []func(*Files){
		func(*Files) {},
		func(f *Files) { f.Quota.Bytes = 1 },
		func(f *Files) { f.Quota.Inodes = 1 },
		func(f *Files) { f.QuotaBindsRoot = true },
		func(f *Files) { f.Quotas = []OwnerQuota{{UID: 5}} },
		func(f *Files) { f.Quotas = []OwnerQuota{{UID: 5, Quota: Quota{Bytes: 1}}} },
	} {
		other := copyOf(c)
		change(&other.Files)
		digest := other.NewService().Digest()
		if first, twice := seen[digest]; twice {
			t.Errorf("changes %d and %d give the same file system", first, i)
		}
		seen[digest] = i
	}
}
