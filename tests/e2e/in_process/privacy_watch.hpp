#pragma once

#include "model/decision.hpp"
#include "simulator/graph.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crmsync::test {

/// Lays the simulator's record of requests beside the daemons' decisions and proves the sentence:
/// no body, preview, attachment or MIME text of a message is asked for without a decision to track
/// it in that very version.
///
/// A request names an item, not a version. So an item that changed after the decision and before
/// its body was asked for is a race that nobody can avoid: it is counted, the answer has to be
/// thrown away, and asking for anything more of that version without deciding on it is a breach.
class PrivacyWatch {
public:
    explicit PrivacyWatch(const sim::Record& record) : record_(record) {}

    void decided(int daemon, const Item& item, const Decision& decision);
    /// A daemon that ended takes its decisions with it: the next one has to decide again.
    void ended(int daemon);
    /// Reads what was recorded since the last time. Called while the askers wait for the answer, so
    /// that the decisions are those the request was made by.
    void look();

    /// Requests that had no cause, each in a line.
    const std::vector<std::string>& breaches() const { return breaches_; }
    /// How many requests with a cause there were: a watch that saw none proves nothing.
    int justified() const { return justified_; }
    /// Bodies asked for at a version that nobody had decided on yet.
    int raced() const { return raced_; }
    /// The test changes items under the daemons' hands; else a race is a failure.
    bool races_expected = false;

private:
    enum class Cause { none, decision, race };
    /// What one daemon decided about one item.
    struct Known {
        std::set<std::string> tracked; ///< the versions it decided to track
        std::string version;           ///< that of its latest decision
        bool tracks = false;           ///< ... and what came out
        bool looks_at_headers = false; ///< ... or whether it has to look closer first
        std::string raced;             ///< the version it was shown without having decided on it
    };

    void look_at(const sim::RecordEntry& entry);
    Cause cause_of(const sim::RecordEntry& entry);
    bool may_see_headers(const std::string& item) const;
    void breach(const sim::RecordEntry& entry, std::string_view what);

    const sim::Record& record_;
    std::size_t seen_ = 0;
    /// By item and daemon. The mailbox is part of the simulator's ids: one names an item of the
    /// world.
    std::map<std::string, std::map<int, Known>> known_;
    std::vector<std::string> breaches_;
    int justified_ = 0;
    int raced_ = 0;
};

} // namespace crmsync::test
