#pragma once

#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace crmsync::sync {

/// One copy of a message in the mailbox, decided afresh by the rules of now.
struct ExplainedCopy {
    std::string item_id;
    Decision decision;
    std::vector<std::string> sentences;
};

/// Looks the message up in the mailbox and decides every copy the way a turn would. Writes nothing.
boost::asio::awaitable<std::vector<ExplainedCopy>> explain_message(const TurnContext& context,
                                                                   std::string message_id);

} // namespace crmsync::sync
