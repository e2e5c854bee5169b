#pragma once

#include "base/failure.hpp"
#include "pg/connection.hpp"
#include "pg/session.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

// The inside of Connection: what one round trip consists of.
namespace crmsync::pg {

struct Connection::State {
    State(const boost::asio::any_io_executor& executor, ConnectionOptions opened_with,
          int own_number)
        : session(executor), options(std::move(opened_with)), number(own_number)
    {}

    /// What a name was prepared with. A name with two meanings would silently run the wrong one.
    struct Prepared {
        std::size_t text_hash;
        std::vector<unsigned> types;
        friend bool operator==(const Prepared&, const Prepared&) = default;
    };

    Session session;
    ConnectionOptions options;
    int number;
    int running = 0;
    bool broken = false;
    std::unordered_map<std::string, Prepared> prepared;
};

/// One round trip. Leaving it before it is settled, by an exception or because the coroutine was
/// destroyed, leaves answers behind that nobody will read: the connection is of no more use.
class Call {
public:
    Call(Connection::State& state, std::chrono::milliseconds deadline) : state_(state)
    {
        if (state.running != 0)
            throw std::logic_error("a connection runs one call at a time");
        if (state.broken || !state.session.is_open())
            throw Failure(Reaction::retry, "pg.unreachable",
                          "the connection to the database is no longer usable");
        ++state.running;
        state.session.socket().set_deadline(deadline);
    }
    ~Call()
    {
        --state_.running;
        state_.session.socket().lift_deadline();
        if (!settled_)
            state_.broken = true;
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    void settle() { settled_ = true; }

private:
    Connection::State& state_;
    bool settled_ = false;
};

struct Answers {
    std::vector<Result> results;
    std::optional<Failure> failure; ///< the first one
};

/// The failure a result reports. Throws it when the connection does not survive it.
Failure failure_in(const PGresult* result, const std::string& where);

/// Sends a script through the pipeline and collects the answers, in that order.
class Exchange {
public:
    Exchange(Connection::State& state, const Script& script) : state_(state), script_(script) {}

    boost::asio::awaitable<void> send();
    boost::asio::awaitable<Answers> collect();

private:
    /// One answer that will come: to a preparation, or to the statement at `step`.
    struct Expected {
        std::size_t step;
        bool preparation;
    };

    void prepare_if_new(std::size_t step);
    void take(Answers& answers, const Expected& expected, ResultPointer result);

    Connection::State& state_;
    const Script& script_;
    std::vector<Expected> expected_;
    std::unordered_map<std::string, Connection::State::Prepared> preparing_;
};

} // namespace crmsync::pg
