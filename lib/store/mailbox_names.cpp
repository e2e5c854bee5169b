#include "store/mailbox_names.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <utility>

namespace crmsync::store {

boost::asio::awaitable<NamesState> MailboxNames::state(MailboxId mailbox)
{
    const pg::Result rows = co_await pool_.run(sql::mailbox_names, params(mailbox));
    NamesState state;
    if (rows.empty())
        co_return state;
    state.language = rows.get<std::string>(0, 0);
    state.language_at = rows.get<std::optional<Timestamp>>(0, 1);
    state.written = rows.get<std::string>(0, 2);
    state.under = rows.get<std::string>(0, 3);
    state.after = rows.get<std::optional<std::string>>(0, 4).value_or("");
    state.created = rows.get<std::vector<std::string>>(0, 5);
    state.renaming = rows.get<bool>(0, 6);
    co_return state;
}

boost::asio::awaitable<void> MailboxNames::set_language(Fence fence, std::string language)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::set_mailbox_language, params(fence.mailbox, language));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> MailboxNames::set_created(Fence fence, std::vector<std::string> names)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::set_created_categories, params(fence.mailbox, names));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> MailboxNames::owe(Fence fence, std::string after, int limit,
                                               std::string names)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::owe_present_names, params(fence.mailbox, after, limit, names));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<std::size_t> MailboxNames::owe_unlinked(Fence fence,
                                                               std::vector<UnlinkedName> items)
{
    std::vector<std::string> ids;
    std::vector<std::string_view> states;
    for (UnlinkedName& item : items) {
        ids.push_back(std::move(item.item_id));
        states.push_back(to_string(item.state));
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::owe_unlinked_names, params(fence.mailbox, ids, states));
    const std::vector<pg::Result> results = co_await complete(*connection, std::move(script));
    co_return static_cast<std::size_t>(results.back().rows());
}

boost::asio::awaitable<void> MailboxNames::set_written(Fence fence, std::string names)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::set_names_written, params(fence.mailbox, names));
    co_await complete(*connection, std::move(script));
}

} // namespace crmsync::store
