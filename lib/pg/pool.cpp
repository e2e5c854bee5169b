#include "pg/pool.hpp"

#include "base/failure.hpp"
#include "pg/pool_rules.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

namespace crmsync::pg {

namespace asio = boost::asio;
using pool_rules::Fate;
using pool_rules::Next;

namespace {

/// A caller of acquire(): first in the queue, then with a connection or with the right to open one.
struct Caller {
    explicit Caller(const asio::any_io_executor& executor)
        : wake(executor, asio::steady_timer::time_point::max())
    {}

    enum class Turn { waiting, opening, served, refused } turn = Turn::waiting;
    std::unique_ptr<Connection> connection;
    asio::steady_timer wake; ///< never expires: cancelled when it is the caller's turn
};

} // namespace

struct Pool::State : std::enable_shared_from_this<Pool::State> {
    State(asio::any_io_executor on, ConnectionOptions opened_with, std::size_t most)
        : executor(std::move(on)), options(std::move(opened_with)), size(most)
    {}

    pool_rules::Situation situation() const
    {
        return {size, idle.size(), lent, opening, queue.size()};
    }

    /// Performs what the rules say until there is nothing more to do. Each turn shortens the queue
    /// or the idle list, so it ends.
    void advance()
    {
        for (;;) {
            switch (pool_rules::next(situation())) {
            case Next::rest:
            case Next::wait:
                return;
            case Next::hand_out: {
                // The one used last: its server process is warm, and the others may be trimmed.
                auto connection = std::move(idle.back());
                idle.pop_back();
                if (!connection->still_open())
                    break;
                ++lent;
                auto caller = call_next(Caller::Turn::served);
                caller->connection = std::move(connection);
                break;
            }
            case Next::open:
                ++opening;
                call_next(Caller::Turn::opening);
                break;
            }
        }
    }

    std::shared_ptr<Caller> call_next(Caller::Turn turn)
    {
        auto caller = queue.front();
        queue.pop_front();
        caller->turn = turn;
        caller->wake.cancel();
        return caller;
    }

    void take_back(std::unique_ptr<Connection> connection)
    {
        --lent;
        pool_rules::Returned returned;
        returned.usable = connection->usable();
        returned.in_transaction = connection->in_transaction();
        returned.running = connection->running();
        returned.pool_closed = closed;
        if (pool_rules::fate(returned) == Fate::keep)
            idle.push_back(std::move(connection));
        connection.reset();
        advance();
    }

    asio::any_io_executor executor;
    ConnectionOptions options;
    std::size_t size;
    bool closed = false;
    std::size_t lent = 0;
    std::size_t opening = 0;
    std::vector<std::unique_ptr<Connection>> idle;
    std::deque<std::shared_ptr<Caller>> queue;
};

struct Pool::Lent::State {
    State(std::shared_ptr<Pool::State> from, std::unique_ptr<Connection> lent)
        : pool(std::move(from)), connection(std::move(lent))
    {}
    ~State() { pool->take_back(std::move(connection)); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    std::shared_ptr<Pool::State> pool;
    std::unique_ptr<Connection> connection;
};

namespace {

/// Whatever a caller that gives up holds goes to the next one: its place, its right to open, or a
/// connection that was handed out in the moment it was cancelled.
template <class PoolState>
class Attendance {
public:
    Attendance(PoolState& pool, std::shared_ptr<Caller> caller)
        : pool_(pool), caller_(std::move(caller))
    {
        pool_.queue.push_back(caller_);
    }
    ~Attendance()
    {
        switch (caller_->turn) {
        case Caller::Turn::waiting:
            std::erase(pool_.queue, caller_);
            break;
        case Caller::Turn::opening:
            --pool_.opening;
            pool_.advance();
            break;
        case Caller::Turn::served:
            if (caller_->connection)
                pool_.take_back(std::move(caller_->connection));
            break;
        case Caller::Turn::refused:
            break;
        }
    }
    Attendance(const Attendance&) = delete;
    Attendance& operator=(const Attendance&) = delete;

private:
    PoolState& pool_;
    std::shared_ptr<Caller> caller_;
};

} // namespace

Pool::Lent::Lent(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pool::Lent::Lent() = default;
Pool::Lent::Lent(Lent&&) noexcept = default;
Pool::Lent& Pool::Lent::operator=(Lent&&) noexcept = default;
Pool::Lent::~Lent() = default;
Connection& Pool::Lent::operator*() const { return *state_->connection; }

Pool::Pool(asio::any_io_executor executor, ConnectionOptions options, std::size_t size)
    : state_(std::make_shared<State>(std::move(executor), std::move(options), size))
{}

Pool::~Pool()
{
    state_->closed = true;
    state_->idle.clear();
    while (!state_->queue.empty())
        state_->call_next(Caller::Turn::refused);
}

asio::awaitable<Pool::Lent> Pool::acquire() { return acquire_from(state_); }

asio::awaitable<Pool::Lent> Pool::acquire_from(std::shared_ptr<State> state)
{
    if (state->closed)
        throw Failure(Reaction::give_back, "pg.closed", "the connection pool is closed");
    const auto caller = std::make_shared<Caller>(state->executor);
    const Attendance<State> attendance(*state, caller);
    state->advance();
    if (caller->turn == Caller::Turn::waiting) {
        boost::system::error_code woken;
        co_await caller->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        if (caller->turn == Caller::Turn::waiting)
            throw boost::system::system_error(asio::error::operation_aborted);
    }
    if (caller->turn == Caller::Turn::refused)
        throw Failure(Reaction::give_back, "pg.closed", "the connection pool is closed");
    if (caller->turn == Caller::Turn::opening) {
        auto opened = co_await Connection::open(state->executor, state->options);
        --state->opening;
        ++state->lent;
        caller->turn = Caller::Turn::served;
        caller->connection = std::move(opened);
    }
    auto lent = std::make_unique<Lent::State>(state, std::move(caller->connection));
    co_return Lent(std::move(lent));
}

asio::awaitable<Result> Pool::run(Statement statement, Params params)
{
    return run_on(state_, statement, std::move(params));
}

asio::awaitable<Result> Pool::run_on(std::shared_ptr<State> state, Statement statement,
                                     Params params)
{
    auto connection = co_await acquire_from(std::move(state));
    auto result = co_await connection->run(statement, std::move(params));
    co_return result;
}

int Pool::running() const { return static_cast<int>(state_->lent + state_->opening); }

} // namespace crmsync::pg
