#pragma once

#include "base/clock.hpp"
#include "connector/connector.hpp"
#include "pg/pool.hpp"
#include "support/manual_clock.hpp"
#include "unit/sync/planning.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <stdexcept>

namespace crmsync::test {

/// Answers what a test laid out, and keeps what it was asked. What no test here needs throws.
class ScriptedConnector final : public Connector {
public:
    std::map<std::string, BodyAnswer> bodies;             ///< by item id
    std::map<std::string, AttachmentContent> attachments; ///< by attachment id
    std::map<std::string, std::optional<Item>> items;     ///< as they are now, by id
    std::vector<MasterCategory> master_list;
    MarkAnswer mark;
    bool takes_marks = true;
    bool searches_by_category = true;
    std::vector<std::string> searches;
    std::deque<std::vector<Item>> categorised; ///< answers to searches by category, in turn
    std::deque<std::vector<WriteAnswer>> write_answers; ///< in turn; none left: all are written
    std::vector<CategoryWrite> written;

    std::vector<std::string> fetched; ///< item ids, in the order asked
    std::vector<std::string> fetched_attachments;
    std::int64_t most_bytes = 0;
    std::vector<MasterCategory> added;
    int additions = 0;

    boost::asio::awaitable<std::vector<BodyAnswer>> fetch(std::vector<ItemKey> accepted) override
    {
        std::vector<BodyAnswer> answers;
        for (const ItemKey& key : accepted) {
            fetched.push_back(key.id);
            answers.push_back(bodies.at(key.id));
        }
        co_return answers;
    }
    boost::asio::awaitable<std::vector<AttachmentContent>>
    fetch_attachments(std::vector<AttachmentRef> asked, ContentLimits limits) override
    {
        most_bytes = limits.max_bytes;
        std::vector<AttachmentContent> contents;
        for (const AttachmentRef& ref : asked) {
            fetched_attachments.push_back(ref.item_id + "/" + ref.attachment_id);
            contents.push_back(attachments.at(ref.attachment_id));
        }
        co_return contents;
    }
    boost::asio::awaitable<std::vector<MasterCategory>> master_categories() override
    {
        co_return master_list;
    }
    boost::asio::awaitable<void>
    add_master_categories(std::vector<MasterCategory> categories) override
    {
        ++additions;
        added = std::move(categories);
        co_return;
    }

    boost::asio::awaitable<std::variant<FolderChanges, CursorExpired>>
    folders_since(Cursor) override
    {
        throw std::logic_error("folders_since is not part of the script");
    }
    boost::asio::awaitable<std::vector<PageAnswer>>
    changes_since(std::vector<FolderCursor>) override
    {
        throw std::logic_error("changes_since is not part of the script");
    }
    boost::asio::awaitable<std::vector<std::optional<Item>>>
    look_up(std::vector<ItemKey> keys) override
    {
        std::vector<std::optional<Item>> looks;
        for (const ItemKey& key : keys)
            looks.push_back(items.at(key.id));
        co_return looks;
    }
    boost::asio::awaitable<std::vector<std::optional<Item>>>
    look_at_headers(std::vector<ItemKey>) override
    {
        throw std::logic_error("look_at_headers is not part of the script");
    }
    boost::asio::awaitable<std::vector<Item>> find_message(std::string) override
    {
        throw std::logic_error("find_message is not part of the script");
    }
    boost::asio::awaitable<std::vector<Item>> find_replies(std::string) override
    {
        throw std::logic_error("find_replies is not part of the script");
    }
    boost::asio::awaitable<std::vector<WriteAnswer>>
    write_categories(std::vector<CategoryWrite> writes) override
    {
        std::vector<WriteAnswer> answers(writes.size(), WriteAnswer(Written{}));
        if (!write_answers.empty()) {
            answers = std::move(write_answers.front());
            write_answers.pop_front();
        }
        written.insert(written.end(), writes.begin(), writes.end());
        co_return answers;
    }
    boost::asio::awaitable<void> remove_master_categories(std::vector<std::string> names) override
    {
        std::erase_if(master_list, [&](const MasterCategory& category) {
            return std::find(names.begin(), names.end(), category.name) != names.end();
        });
        co_return;
    }
    boost::asio::awaitable<std::optional<Page>> items_with_category(CategorySearch search,
                                                                    Cursor) override
    {
        searches.push_back(search.text);
        std::optional<Page> page;
        if (!searches_by_category)
            co_return page;
        page.emplace();
        page->last = true;
        if (!categorised.empty()) {
            for (const Item& item : categorised.front()) {
                Change& change = page->changes.emplace_back();
                change.key = item.key;
                change.item = item;
            }
            categorised.pop_front();
        }
        co_return page;
    }
    boost::asio::awaitable<MarkAnswer> read_mark() override { co_return mark; }
    boost::asio::awaitable<std::optional<NotOffered>> leave_mark(std::string value) override
    {
        std::optional<NotOffered> instead;
        if (takes_marks)
            mark = std::move(value);
        else
            instead = NotOffered{"no writes here"};
        co_return instead;
    }
    boost::asio::awaitable<std::vector<ProbeResult>> probe() override
    {
        throw std::logic_error("probe is not part of the script");
    }
};

/// A turn over Kim's mailbox that has a connector, and a database it never asks.
struct ScriptedTurn {
    Planning planning;
    ManualClock clock{planning.now};
    Metrics metrics;
    ScriptedConnector connector;
    boost::asio::io_context io;
    pg::Pool pool{io.get_executor(), {}, 1};

    sync::TurnContext context()
    {
        return {planning.mailbox, {},    connector, pool, clock, metrics, planning.hash,
                planning.rules,   false, false,     {},   {}};
    }
};

} // namespace crmsync::test
