#pragma once

#include "pg/connection.hpp"

#include <memory>

namespace crmsync::pg {

/// At most `size` connections, opened when needed. A connection comes back clean or not at all.
class Pool {
public:
    Pool(boost::asio::any_io_executor executor, ConnectionOptions options, std::size_t size);
    ~Pool();

    /// A connection for one unit of work; goes back when destroyed. One in a transaction, broken or
    /// with a call under way is closed instead.
    class Lent {
    public:
        Lent(); ///< of nothing, as co_spawn wants it
        Lent(Lent&&) noexcept;
        Lent& operator=(Lent&&) noexcept;
        ~Lent();
        Connection& operator*() const;
        Connection* operator->() const { return &**this; }

    private:
        friend class Pool;
        struct State;
        explicit Lent(std::unique_ptr<State> state);
        std::unique_ptr<State> state_;
    };

    /// Waits its turn. Fails as Connection::open does.
    boost::asio::awaitable<Lent> acquire();

    /// One statement on a connection of its own.
    boost::asio::awaitable<Result> run(Statement statement, Params params = {});

    int running() const; ///< connections lent out or being opened

private:
    struct State;
    static boost::asio::awaitable<Lent> acquire_from(std::shared_ptr<State> state);
    static boost::asio::awaitable<Result> run_on(std::shared_ptr<State> state, Statement statement,
                                                 Params params);
    std::shared_ptr<State> state_; ///< shared with what is lent and with the calls under way
};

} // namespace crmsync::pg
