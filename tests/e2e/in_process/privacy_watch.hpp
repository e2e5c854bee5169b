#pragma once

#include "model/decision.hpp"
#include "simulator/graph.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace crmsync::test {

/// Lays the simulator's record of requests beside the daemons' decisions: whatever is behind a
/// header (body, attachments, MIME text) may be asked for only of an item that the asking daemon
/// decided to track, in the version it decided; a preview never.
class PrivacyWatch {
public:
    explicit PrivacyWatch(sim::Graph& graph) : graph_(graph) {}

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

private:
    bool accepted(const std::string& item) const;

    sim::Graph& graph_;
    std::size_t seen_ = 0;
    /// By daemon and item: whether its latest decision lets it ask.
    std::map<int, std::map<std::string, bool>> decisions_;
    std::vector<std::string> breaches_;
    int justified_ = 0;
};

} // namespace crmsync::test
