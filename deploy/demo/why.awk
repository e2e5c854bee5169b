# Makes of what `crmsync explain` prints the few lines the demo has room for: the decision as it was
# taken, in words, and whom the service recognised.
BEGIN {
    word["tracked by hand_tag"] = "tracked: somebody set CRM Track"
    word["tracked by tracked_by_hand"] = "tracked: somebody set CRM Tracked"
    word["tracked by regarding_category"] = "tracked: somebody said what it is about"
    word["tracked by rule_tag"] = "tracked: it arrived with CRM Track on it"
    word["tracked by header_reference"] = "tracked: it answers a tracked message"
    word["tracked by exact_address"] = "tracked: the CRM knows the address of somebody who takes part"
    word["refused by gate_internal_only"] = "refused: nobody from outside takes part, and an inbox rule may not override that"
    word["refused by gate_sensitivity"] = "refused: it is marked private; its body was never asked for"
    word["untracked by pinned"] = "untracked: a person took the category off; no rule brings it back"
    word["ignored"] = "left alone: nobody asked for it and no rule applies; its body was never asked for"
}
/^decided / && !told {
    told = 1
    sub(/^decided [^ ]+: /, "")
    sub(/, .*/, "")
    print "why: " (($0 in word) ? word[$0] : $0)
    next
}
/^the mailbox could not be asked/ { print; next }
/^by the rules of now/ { copies++ }
copies == 1 && /\((from|to|cc|sender)\) is |Found in categories|It may be about/ {
    sub(/^ +/, "")
    print "     " $0
}
