#pragma once

#include "model/candidates.hpp"
#include "model/plan.hpp"
#include "sync/decided.hpp"
#include "sync/make_plan.hpp"
#include "sync/page_report.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace crmsync::sync {

/// What a plan is made under.
PlanFacts facts_of(const TurnContext& context);

/// Transactions of copies that join what other mailboxes track, a chunk at a time; the last one
/// stays in the plan.
boost::asio::awaitable<void> store_shared(const TurnContext& context, std::vector<Decided> joining,
                                          const Candidates& candidates, Plan& plan,
                                          PageReport& report);

/// Bodies and transactions of accepted items, a chunk at a time; the last chunk stays in the plan,
/// to go with what else the page says. Returns the items that were not at the decided version any
/// more.
boost::asio::awaitable<std::vector<Decided>> store_tracked(const TurnContext& context,
                                                           std::vector<Decided> accepted,
                                                           const Candidates& candidates, Plan& plan,
                                                           PageReport& report);

/// One transaction; who has something to look at again because of it is woken.
boost::asio::awaitable<void> commit_chunk(const TurnContext& context, Plan plan,
                                          std::optional<Progress> progress, PageReport& report);

} // namespace crmsync::sync
