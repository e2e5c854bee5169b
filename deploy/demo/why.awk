# Of what `crmsync explain` prints the few lines the demo has room for, in its own words: the decision
# as it was taken, who takes part and whom the service recognised, what it is or may be about. Ends
# with 1 where there was no decision to show.
/^decided / && !told {
    told = 1
    sub(/^decided [^ ]+: /, "")
    sub(/ \[[a-z_]+\].*$/, "")
    print "why: " $0
}
/^the mailbox could not be asked/
/^as it is now/ { ++copies }
copies == 1 && /^  ([^ ]+ \([a-z]+\) (is|could be) |It is about |It may be about: |Found in categories: )/ {
    print "   " $0
}
END { exit !told }
