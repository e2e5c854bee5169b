#pragma once

#include "match/circumstances.hpp"
#include "model/change.hpp"
#include "model/plan.hpp"
#include "sync/decided.hpp"
#include "sync/make_plan.hpp"
#include "sync/page_report.hpp"
#include "sync/page_source.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::sync {

/// The middle of the line: decide, fetch, store. One page at a time.
class PageHandler {
public:
    explicit PageHandler(const TurnContext& context) : context_(context) {}

    /// Decides every change (of an item only named: as it is now), fetches the bodies of what is
    /// accepted, commits in chunks; the progress goes with the last one. Nothing is remembered
    /// between pages.
    boost::asio::awaitable<PageReport> handle(std::vector<Change> changes, PageSource source,
                                              std::optional<Progress> progress);

private:
    /// Items that are told just as this process left them.
    void leave_out_echoes(std::vector<Change>& changes) const;
    boost::asio::awaitable<std::vector<Item>> present_items(std::vector<Change> changes,
                                                            const PageSource& source, Plan& plan);
    boost::asio::awaitable<std::vector<Decided>>
    decide(std::vector<Item> items, const PageSource& source, Candidates& candidates);
    boost::asio::awaitable<std::vector<Decided>> look_at_headers(std::vector<Decided>& decided,
                                                                 const PageSource& source,
                                                                 const Candidates& candidates);
    boost::asio::awaitable<std::vector<Decided>> decide_and_store(std::vector<Item> items,
                                                                  const PageSource& source,
                                                                  Plan& plan, PageReport& report);
    boost::asio::awaitable<std::vector<Item>> read_again(const std::vector<Decided>& outdated);
    boost::asio::awaitable<std::map<std::string, KnownItem>> known(const std::vector<Item>& items);
    std::vector<std::string> unstored_parents(const Decided& one,
                                              const Candidates& candidates) const;
    match::Circumstances circumstances_of(const PageSource& source) const;
    void decide_one(Decided& one, const Candidates& candidates,
                    const match::Circumstances& circumstances) const;
    PlanFacts facts() const;

    const TurnContext& context_;
};

/// The later of several changes of one item counts (G-62); order is kept otherwise.
std::vector<Change> latest(std::vector<Change> changes);

} // namespace crmsync::sync
