#include "connector/connector.hpp"

namespace crmsync {

namespace asio = boost::asio;

// What a provider may not be able to tell. Whoever asks does without.

asio::awaitable<std::optional<ChangedItems>> Connector::changed_items(Timestamp)
{
    co_return std::nullopt;
}

asio::awaitable<std::optional<Page>> Connector::items_with_category(CategorySearch, Cursor)
{
    co_return std::nullopt;
}

asio::awaitable<std::vector<std::optional<std::int64_t>>>
Connector::count_items(std::vector<FolderId> folders)
{
    co_return std::vector<std::optional<std::int64_t>>(folders.size());
}

asio::awaitable<MarkAnswer> Connector::read_mark()
{
    co_return NotOffered{"the provider keeps no marks"};
}

asio::awaitable<std::optional<NotOffered>> Connector::leave_mark(std::string)
{
    co_return NotOffered{"the provider keeps no marks"};
}

asio::awaitable<AccountAnswer> Connector::account(std::string)
{
    co_return NotOffered{"the provider has no directory"};
}

} // namespace crmsync
