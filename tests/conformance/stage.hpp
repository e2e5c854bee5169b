#pragma once

#include "connector/connector.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crmsync::test {

/// A message to be put into the mailbox, in words every provider has.
struct Letter {
    std::string from = "ann@adventure.example";
    std::vector<std::string> to = {"kim@contoso.example"};
    std::string subject = "Offer";
    std::string body = "<p>Dear Kim</p>";
    std::string message_id = {};
    std::string in_reply_to = {};
    std::vector<std::string> categories = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    int sensitivity = 0;
    struct File {
        std::string name;
        std::string bytes;
        bool broken = false; ///< the provider cannot open it itself
    };
    std::vector<File> files = {};
};

enum class Permission { read_mail, write_mail, categories };

/// One mailbox at a provider and the connector in front of it: what a test does to the one and asks
/// of the other. Each provider has its own; the tests know only this. Time jumps whenever
/// everything waits for it.
class Stage {
public:
    static constexpr std::string_view address = "kim@contoso.example";
    static const MailboxId mailbox;

    virtual ~Stage() = default;

    virtual Connector& connector() = 0;
    /// The same mailbox asked by a connector of an address nobody has.
    virtual Connector& connector_of_nobody() = 0;

    // What people do. Items by the id the connector knows them by, folders by well-known name.
    virtual std::string put(const Letter& letter, std::string_view folder = "inbox") = 0;
    virtual void move(const std::string& id, std::string_view folder) = 0;
    virtual void erase(const std::string& id) = 0;
    virtual void set_categories(const std::string& id, std::vector<std::string> categories) = 0;
    virtual std::vector<std::string> categories(const std::string& id) = 0;
    virtual std::vector<std::string> master_categories() = 0;
    virtual std::string folder_id(std::string_view name) = 0;
    virtual std::string create_folder(std::string_view name) = 0;
    virtual void delete_folder(const std::string& id) = 0;

    // What the provider does.
    virtual void expire_cursors() = 0;
    virtual void throttle_next(int count, std::chrono::seconds pause) = 0;
    virtual void refuse_token_next(int count) = 0;
    /// The token in use is worth nothing any more; the next has the permissions of now.
    virtual void forget_token() = 0;
    virtual void conflict_next(int count) = 0;
    /// Everything a provider may do without a fault of anyone: repeats, empty pages, partial rows.
    virtual void be_contrary() = 0;
    virtual void take_away(Permission permission) = 0;
    /// The n-th answer to a fetch of bodies with their attachments fails for good.
    virtual void fail_fetching(const std::string& id) = 0;
    /// The raw JSON, or whatever the provider speaks, of a property of one item.
    virtual void damage(const std::string& id) = 0;

    // What the provider saw.
    virtual int requests() = 0;     ///< so far; a batch is one
    virtual int bodies_asked() = 0; ///< so far
    virtual int most_at_once() = 0;
    virtual int throttled() = 0; ///< requests and parts refused for being too many

    template <class T>
    T go(boost::asio::awaitable<T> work)
    {
        const auto arrival = start(context_, std::move(work));
        clock_.run_until(
            context_, [&] { return arrival->here; }, clock_.now() + std::chrono::hours(2));
        if (!arrival->here)
            throw std::runtime_error("the call waits for something that never comes");
        return arrival->take();
    }

    /// Drives several calls at once, to the end of all.
    void go_all(std::vector<boost::asio::awaitable<void>> calls)
    {
        std::vector<std::shared_ptr<Arrival<void>>> arrivals;
        for (auto& call : calls)
            arrivals.push_back(start(context_, std::move(call)));
        const auto all_here = [&] {
            return std::all_of(arrivals.begin(), arrivals.end(),
                               [](const auto& a) { return a->here; });
        };
        clock_.run_until(context_, all_here, clock_.now() + std::chrono::hours(2));
        for (const auto& arrival : arrivals)
            arrival->take();
    }

    Timestamp now() const { return clock_.now(); }

protected:
    ManualClock clock_{*parse_timestamp("2026-03-02T09:00:00Z")};
    boost::asio::io_context context_;
};

inline const MailboxId Stage::mailbox{7};

/// Every provider there is: its name and how to make a stage of it.
struct ProviderOfStages {
    std::string name;
    std::function<std::unique_ptr<Stage>()> make;
    std::function<std::unique_ptr<Stage>()> make_over_tls; ///< trusted by what ca_file names
};
const std::vector<ProviderOfStages>& providers();

/// What is known of a folder after a number of rounds: the way a reader of changes keeps it.
class Reader {
public:
    Reader(Stage& stage, std::string folder) : stage_(stage), folder_(std::move(folder)) {}

    /// Reads to the end of a round. False where the cursor had expired: it starts from nothing
    /// then.
    bool round();
    const std::map<std::string, Item>& items() const { return items_; }
    const std::vector<std::string>& removed() const { return removed_; } ///< of the last round
    std::size_t rows() const { return rows_; }                           ///< of the last round
    bool has(const std::string& id) const { return items_.contains(id); }

private:
    Stage& stage_;
    FolderId folder_;
    Cursor cursor_;
    std::map<std::string, Item> items_;
    std::vector<std::string> removed_;
    std::size_t rows_ = 0;
};

} // namespace crmsync::test

#define CONFORMANCE_CASE_NAMED(function, text)                                                     \
    static void function(crmsync::test::Stage& stage);                                             \
    TEST_CASE(text)                                                                                \
    {                                                                                              \
        for (const auto& provider : crmsync::test::providers()) {                                  \
            INFO("provider: " << provider.name);                                                   \
            const auto made = provider.make();                                                     \
            function(*made);                                                                       \
        }                                                                                          \
    }                                                                                              \
    static void function([[maybe_unused]] crmsync::test::Stage& stage)

/// A test case of every provider: `stage` is there, fresh.
#define CONFORMANCE_CASE(text) CONFORMANCE_CASE_NAMED(INTERNAL_CATCH_UNIQUE_NAME(conforms), text)
