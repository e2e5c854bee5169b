#pragma once

#include "sync/category_list.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace crmsync::sync {

/// Brings the mailbox's linked items to the names the settings have now, a part in each turn, and
/// at last takes names of ours that are not used any more out of its list, if the service put them
/// there. No name is forgotten meanwhile: what carries an old one is tracked as before. True while
/// there is more to do.
boost::asio::awaitable<bool> put_present_names(const TurnContext& context);

/// Remembers what was added to the mailbox's list: only that is ever taken out of it.
boost::asio::awaitable<void> remember_created(const TurnContext& context,
                                              std::vector<std::string> names);

/// The names of all settings this installation ever had, for make_snapshot; those of `tracking`
/// are among them from now on.
boost::asio::awaitable<std::vector<match::OtherName>> names_ever_used(pg::Pool& pool,
                                                                      Settings::Tracking tracking);

/// The same without remembering anything.
boost::asio::awaitable<std::vector<match::OtherName>> names_ever_used(pg::Pool& pool);

/// The mailbox's language, asked of the provider where that was long ago; empty: it does not say.
boost::asio::awaitable<std::string> language_of_mailbox(pg::Pool& pool, Fence fence,
                                                        Connector& connector, Timestamp now);

} // namespace crmsync::sync
